/**
 * What an interpreter needs of a kernel and an engine, without either: system calls that write down that they were called,
 * CPUs that take 1 ns for an instruction or a reference.
 */
import { COUNTERS, TRANSACTIONS } from '../../../src/sim/base/counters.ts';
import { allRecords } from '../../../src/sim/hardware/record-blocks.ts';
import { ScriptRun, type TaskTimeline } from '../../../src/sim/engine/script-run.ts';
import type { KernelCpu } from '../../../src/sim/kernel/cpu.ts';
import { AddressSpace } from '../../../src/sim/kernel/mm/address-space.ts';
import type { CallResult } from '../../../src/sim/kernel/policy/mempolicy.ts';
import type { Image, Syscalls } from '../../../src/sim/kernel/syscalls.ts';
import { Task } from '../../../src/sim/kernel/task.ts';
import { parseScript } from '../../../src/sim/workloads/script.ts';
import { SimpleTasks } from './simple-tasks.ts';

export interface Reference {
  readonly pid: number;
  readonly address: number;
  readonly write: boolean;
}

interface Fetch {
  readonly pid: number;
  readonly address: number;
  readonly bytes: number;
}

export class FakeKernel {
  /** One line a call, with the pid of the task that made it. */
  readonly calls: string[] = [];
  readonly references: Reference[] = [];
  /** What computing fetches of programs' text. */
  readonly fetches: Fetch[] = [];
  readonly run: ScriptRun;
  /** What binding calls return. */
  answer: CallResult = 0;
  /** ns that reads wait for a disk. */
  diskNs = 0;
  private readonly cpus: readonly KernelCpu[];
  private pids = 0;
  private spaces = 0;
  /** Next free virtual page, and end of the heap, of every process alike. */
  private free = 0x40000;
  private heap = 0x8100;
  private readonly tasks: SimpleTasks;

  constructor(script: Readonly<Record<string, unknown>>, cpus = 1, timeline?: TaskTimeline) {
    this.cpus = Array.from({ length: cpus }, (_, cpu) => this.fakeCpu(cpu));
    this.tasks = new SimpleTasks(this.cpus);
    const wait = { format: 'numaq-lab/script', version: 1, title: 'Test', start: [{ program: 'main' }] };
    const scripted = {
      script: parseScript({ ...wait, ...script }),
      cpus: Array.from({ length: cpus }, (_, cpu) => cpu),
      startNs: 0,
      seed: 1,
    };
    const host = { syscalls: this.syscalls(), instructionNs: 1, tasks: this.tasks };
    this.run = new ScriptRun(scripted, timeline === undefined ? host : { ...host, timeline });
  }

  /** Runs to the end: true where every task has ended. Each task runs in turns of `turn` ns on the CPU that is least far. */
  finish(turn = 1000): boolean {
    this.run.start();
    this.tasks.finish(turn);
    return this.run.living === 0;
  }

  /** Time of the CPU that is furthest. */
  get now(): number {
    return Math.max(...this.cpus.map(({ core }) => core.clock));
  }

  get transactions(): number {
    return this.cpus.reduce((sum, { core }) => sum + core.counters[TRANSACTIONS], 0);
  }

  private fakeCpu(cpu: number): KernelCpu {
    const core = {
      clock: 0,
      counters: new Float64Array(COUNTERS),
      switchTo: () => undefined,
      programFetch: (vpn: number, offset: number, bytes: number) => {
        this.fetches.push({ pid: on.task?.pid ?? 0, address: vpn * 4096 + offset, bytes });
      },
      run: (from: number, to: number, until: number) => {
        let record = from;
        for (; record < to && core.clock < until; record++, core.clock++) {
          const meta = allRecords[2 * record + 1];
          const address = (allRecords[2 * record] >>> 0) + (meta >>> 14) * 2 ** 32;
          this.references.push({ pid: on.task?.pid ?? 0, address, write: (meta & 3) === 1 });
        }
        return record;
      },
    };
    const on = {
      cpu,
      core,
      task: undefined as Task | undefined,
      get now() {
        return core.clock + (this.task?.waitNs ?? 0);
      },
      compute: (instructions: number) => {
        core.clock += instructions;
      },
      count: (counter: number, by = 1) => {
        core.counters[counter] += by;
      },
    };
    return on as unknown as KernelCpu;
  }

  private syscalls(): Syscalls {
    const said = (task: Task | undefined, text: string): void => {
      this.calls.push(task === undefined ? text : `${task.pid}: ${text}`);
    };
    const child = (name: string, parent: Task): Task => {
      const task = new Task(++this.pids, parent.name, parent, parent.cpus, 0);
      said(parent, `${name} ${task.pid}`);
      return task;
    };
    const place = (pages: number): number => (this.free += pages) - pages;
    const space = (name: string, bytes: number): AddressSpace =>
      new AddressSpace(++this.spaces, 'file', name, bytes, 0, 0);
    return {
      spawn: (name, cpus, now) => new Task(++this.pids, name, undefined, cpus, now),
      fork: (_, parent) => child('fork', parent),
      vfork: (_, parent) => child('vfork', parent),
      clone: (_, parent) => child('clone', parent),
      exec: (_, task, image: Image) => {
        said(task, `exec ${image.file}`);
        return {
          text: 0x8048,
          data: 0x8080,
          bss: 0x8090,
          stack: 0xbfffe,
          libraries: image.libraries.map((_each, number) => ({
            text: 0x40000 + number * 512,
            data: 0x40100 + number * 512,
          })),
        };
      },
      exit: (_, task) => said(task, 'exit'),
      mmap: (_, task, { pages, file, pgoff, shared, writable, at }) => {
        const vpn = at ?? place(pages);
        const what = file === undefined ? 'anonymous' : `${file.name}@${pgoff}`;
        said(
          task,
          `mmap ${vpn.toString(16)}+${pages} ${what}${shared ? ' shared' : ''}${writable ? '' : ' read-only'}`,
        );
        return vpn;
      },
      munmap: (_, task, vpn, pages) => said(task, `munmap ${vpn.toString(16)}+${pages}`),
      mprotect: (_, task, vpn, pages, writable) => said(task, `mprotect ${vpn.toString(16)}+${pages} ${writable}`),
      mremap: (_, task, vpn, pages, newPages) => {
        said(task, `mremap ${vpn.toString(16)}+${pages} to ${newPages}`);
        return place(newPages);
      },
      remapFilePages: (_, task, vpn, pages, pgoff) => said(task, `remap ${vpn.toString(16)}+${pages} @${pgoff}`),
      brk: (_, task, pages) => {
        said(task, `brk ${pages}`);
        return (this.heap += pages) - pages;
      },
      mlock: (_, task, vpn, pages) => said(task, `mlock ${vpn.toString(16)}+${pages}`),
      munlock: (_, task, vpn, pages) => said(task, `munlock ${vpn.toString(16)}+${pages}`),
      file: (name, bytes) => {
        said(undefined, `file ${name} ${bytes}`);
        return space(name, bytes);
      },
      create: (_, name) => {
        said(undefined, `create ${name}`);
        return space(name, 0);
      },
      read: (on, task, file, offset, bytes) => {
        said(task, `read ${file.name} ${offset}+${bytes}`);
        task.waitNs += this.diskNs;
        on.core.clock += 100;
      },
      write: (on, task, file, offset, bytes) => {
        said(task, `write ${file.name} ${offset}+${bytes}`);
        file.bytes = Math.max(file.bytes, offset + bytes);
        on.core.clock += 100;
      },
      truncate: (_, file, bytes) => {
        said(undefined, `truncate ${file.name} ${bytes}`);
        file.bytes = bytes;
      },
      unlink: (_, file) => said(undefined, `unlink ${file.name}`),
      fsync: (_, file) => said(undefined, `fsync ${file.name}`),
      segment: (_, name, bytes, huge) => {
        said(undefined, `segment ${name} ${bytes}${huge ? ' huge' : ''}`);
        return space(name, bytes);
      },
      setMempolicy: (_, task, mode, nodes) => {
        said(task, `set_mempolicy ${mode} ${nodes.join(',')}`);
        return this.answer;
      },
      mbind: (_, task, { vpn, pages, mode, nodes, strict }) => {
        said(task, `mbind ${vpn.toString(16)}+${pages} ${mode} ${nodes.join(',')}${strict ? ' strict' : ''}`);
        return this.answer;
      },
      shmbind: (_, task, segment, { placement, hard, nodes }) => {
        said(task, `shmbind ${segment.name} ${placement} ${hard ? 'hard' : 'soft'} ${nodes.join(',')}`);
        return this.answer;
      },
      membind: (_, task, vpn, pages, cpus) => {
        said(task, `membind ${vpn.toString(16)}+${pages} CPUs ${cpus.join(',')}`);
        return this.answer;
      },
      memSetbinding: (_, task, nodes, strict) => {
        said(task, `mem_setbinding ${nodes.join(',')} ${strict ? 'strict' : 'loose'}`);
        return this.answer;
      },
      setAffinity: (_, task, cpus) => {
        said(task, `sched_setaffinity ${cpus.join(',')}`);
        return this.answer;
      },
      place: (_, task, node) => {
        said(task, `place ${node}`);
        return this.answer;
      },
      sysctl: (_, name, value) => said(undefined, `sysctl ${name}=${value}`),
    } satisfies Syscalls;
  }
}
