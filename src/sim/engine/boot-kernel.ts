/** A machine booted with its kernel in it, and nothing that runs. */
import { FRAME_BYTES } from '../base/units.ts';
import { InputError, makeIssue } from '../base/errors.ts';
import { Machine } from '../hardware/machine.ts';
import { xrayOf, type Xray, type XrayRequest } from '../kernel/alloc/xray.ts';
import { boot } from '../kernel/boot/boot.ts';
import { Kernel } from '../kernel/kernel.ts';
import { traitsOf } from '../profiles/resolve.ts';
import type { MachineProfile } from '../profiles/schema.ts';

/** Throws InputError for a machine that does not boot, or has no kernel. */
export function bootKernel(profile: MachineProfile): Kernel {
  const traits = traitsOf(profile.kernel, profile.machine);
  const layout = boot(profile, traits);
  if (layout.issues.length > 0) throw new InputError('', layout.issues);
  if (!layout.boots) {
    throw new InputError('', [
      makeIssue('does-not-boot', '', 'a machine that boots', layout.failure?.message ?? 'it does not'),
    ]);
  }
  if (profile.machine.cpu.dtlb === undefined) {
    throw new InputError('', [
      makeIssue('no-kernel', 'machine.cpu.dtlb', 'a machine with a kernel', 'a cache simulator'),
    ]);
  }
  const starts = layout.nodes.map((node) => node.startPfn);
  const ends = layout.nodes.map((node) => node.endPfn);
  const machine = new Machine(profile.machine, starts, ends, 1, layout.clusterFrames * FRAME_BYTES);
  return new Kernel(profile, traits, layout, machine);
}

/** A request on the machine as it has booted. Throws InputError as bootKernel() and xrayOf() do. */
export function xrayMachine(profile: MachineProfile, request: XrayRequest): Xray {
  return xrayOf(bootKernel(profile), request);
}
