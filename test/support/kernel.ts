/** A booted kernel for tests: a built-in machine, its kernel switches changed, and one CPU's view of it. */
import { boot } from '../../src/sim/kernel/boot/boot.ts';
import { Kernel } from '../../src/sim/kernel/kernel.ts';
import { FN } from '../../src/sim/kernel/functions.ts';
import type { KernelCpu } from '../../src/sim/kernel/cpu.ts';
import type { Task } from '../../src/sim/kernel/task.ts';
import { Records } from '../conformance/naive/records.ts';
import { Machine } from '../../src/sim/hardware/machine.ts';
import { builtInById } from '../../src/sim/profiles/builtin/index.ts';
import { traitsOf } from '../../src/sim/profiles/resolve.ts';
import { type MachineProfile, profileSchema } from '../../src/sim/profiles/schema.ts';

export interface KernelOrder {
  /** Default: pc-256m. */
  readonly builtIn?: string;
  readonly kernel?: Partial<MachineProfile['kernel']>;
  readonly zones?: Partial<MachineProfile['zones']>;
  readonly machine?: Partial<MachineProfile['machine']>;
}

export interface BootedKernel {
  readonly kernel: Kernel;
  readonly machine: Machine;
  readonly profile: MachineProfile;
  /** The kernel's view of a CPU, default CPU 0. */
  on(cpu?: number): KernelCpu;
  /** A process with nothing mapped, running on a CPU. */
  process(name?: string, cpu?: number): Task;
  /** The program of `task` touches a virtual page on a CPU: through TLB, walk and fault. */
  touch(task: Task, vpn: number, write: boolean, cpu?: number): void;
}

/** Boots a machine; throws where it does not boot. */
export function bootKernel(order: KernelOrder = {}): BootedKernel {
  const base = builtInById(order.builtIn ?? 'pc-256m');
  if (base === undefined) throw new Error(`no built-in machine ${order.builtIn}`);
  const plain = base.profile();
  const profile = profileSchema.parse({
    ...plain,
    machine: { ...plain.machine, ...order.machine },
    kernel: { ...plain.kernel, ...order.kernel },
    zones: { ...plain.zones, ...order.zones },
  });
  const traits = traitsOf(profile.kernel, profile.machine);
  const layout = boot(profile, traits);
  if (!layout.boots) throw new Error(layout.failure?.message ?? layout.issues.map(({ message }) => message).join('\n'));
  const starts = layout.nodes.map((node) => node.startPfn);
  const ends = layout.nodes.map((node) => node.endPfn);
  const machine = new Machine(profile.machine, starts, ends, 4, layout.clusterFrames * 4096);
  const kernel = new Kernel(profile, traits, layout, machine);
  const records = new Records(1);
  const on = (cpu = 0): KernelCpu => kernel.cpu(cpu);
  return {
    kernel,
    machine,
    profile,
    on,
    process: (name = 'test', cpu = 0) => {
      const task = kernel.syscalls.spawn(name, [cpu], 0);
      on(cpu).task = task;
      return task;
    },
    touch: (task, vpn, write, cpu = 0) => {
      if (task.mm === undefined) throw new Error('a task without an address space touches memory');
      const here = on(cpu);
      here.task = task;
      here.core.switchTo(task.mm.table);
      const end = records.load([{ kind: write ? 'write' : 'read', address: vpn * 4096, size: 1 }]);
      here.enter(FN.user);
      here.core.run(records.first, end, Infinity, false);
      here.charge();
    },
  };
}
