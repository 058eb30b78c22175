/**
 * The timeline of a run, for Perfetto and chrome://tracing: the Trace Event Format (JSON object form). Processes are
 * nodes and threads are CPUs, since a person looks for what a CPU did; faults, reclaim and flushes are complete events on
 * their CPU, a task's sleep for a disk is an async event of its pid, moves to another CPU and knobs are instants.
 *
 * Kept as columns, since a run has hundreds of thousands of them, and written out piece by piece. Beyond `most` events no
 * more are kept; they are counted and the file says so.
 */
import type { KernelCpu } from '../kernel/cpu.ts';
import { type KernelEvent, kernelEvents, type KernelEvents } from '../kernel/events.ts';
import type { Task } from '../kernel/task.ts';
import type { Errno } from './failed-calls.ts';
import type { TaskTimeline } from './script-run.ts';

/** Events kept where nobody asks for more or less: about 150 MB of JSON, near what Perfetto opens in a browser. */
export const MOST_EVENTS = 1_000_000;
/** Events in a piece of text. */
const PIECE = 1000;

/** What `detail` means, by event. */
const DETAILS: Readonly<Record<KernelEvent, string>> = {
  fault: 'vpn',
  'major fault': 'vpn',
  'direct reclaim': 'pagesFreed',
  kswapd: 'pagesFreed',
  'tlb flush': 'pages',
  'kmap flush': 'slots',
};

const WAIT = kernelEvents.length;
const MIGRATION = WAIT + 1;
const REFUSAL = WAIT + 2;
/** Knobs: KNOB + its place in `knobs`. */
const KNOB = WAIT + 3;

export class Timeline implements KernelEvents, TaskTimeline {
  /** Events that came when there was no more room. */
  dropped = 0;
  private count = 0;
  private kinds = new Uint8Array(1024);
  /** Of each event: CPU, pid (0: none), detail; and its begin and duration, ns. */
  private places = new Int32Array(3 * 1024);
  private times = new Float64Array(2 * 1024);
  private readonly names = new Map<number, string>();
  /** Node of each CPU that an event came from. */
  private readonly nodes = new Map<number, number>();
  private readonly knobs: string[] = [];
  /** Calls that were refused, with the errno. */
  private readonly refusals: string[] = [];

  /** `idOf`: the id of the node at a place. */
  constructor(
    private readonly idOf: (place: number) => number,
    private readonly most: number = MOST_EVENTS,
  ) {}

  get events(): number {
    return this.count;
  }

  span(event: KernelEvent, on: KernelCpu, startNs: number, detail: number): void {
    this.add(kernelEvents.indexOf(event), on, on.task, startNs, on.core.clock - startNs, detail);
  }

  migrated(on: KernelCpu, task: Task, from: number): void {
    this.add(MIGRATION, on, task, on.core.clock, 0, from);
  }

  waited(on: KernelCpu, task: Task, startNs: number, ns: number): void {
    this.add(WAIT, on, task, startNs, ns, 0);
  }

  turned(on: KernelCpu, name: string, value: number): void {
    let knob = this.knobs.indexOf(name);
    if (knob < 0) knob = this.knobs.push(name) - 1;
    this.add(KNOB + knob, on, on.task, on.core.clock, 0, value);
  }

  refused(on: KernelCpu, task: Task, call: string, errno: Errno): void {
    const text = `${call}: ${errno}`;
    let refusal = this.refusals.indexOf(text);
    if (refusal < 0) refusal = this.refusals.push(text) - 1;
    this.add(REFUSAL, on, task, on.core.clock, 0, refusal);
  }

  /** The file, in pieces of text. */
  *text(): Generator<string> {
    yield '{"displayTimeUnit":"ns","traceEvents":[\n';
    const heads = this.heads();
    yield heads.join(',\n');
    let separator = heads.length === 0 ? '' : ',\n';
    for (let from = 0; from < this.count; from += PIECE) {
      const lines: string[] = [];
      for (let at = from; at < Math.min(this.count, from + PIECE); at++) lines.push(...this.lines(at));
      yield separator + lines.join(',\n');
      separator = ',\n';
    }
    const more = this.dropped === 0 ? '' : `,"otherData":{"dropped":${this.dropped}}`;
    yield `\n]${more}}\n`;
  }

  private add(kind: number, on: KernelCpu, task: Task | undefined, startNs: number, ns: number, detail: number): void {
    if (this.count >= this.most) {
      this.dropped++;
      return;
    }
    const at = this.count++;
    if (at === this.kinds.length) this.grow();
    this.kinds[at] = kind;
    this.places[3 * at] = on.cpu;
    this.places[3 * at + 1] = task?.pid ?? 0;
    this.places[3 * at + 2] = detail;
    this.times[2 * at] = startNs;
    this.times[2 * at + 1] = ns;
    if (!this.nodes.has(on.cpu)) this.nodes.set(on.cpu, this.idOf(on.node));
    if (task !== undefined) this.names.set(task.pid, task.name);
  }

  private grow(): void {
    const { kinds, places, times } = this;
    this.kinds = new Uint8Array(2 * kinds.length);
    this.places = new Int32Array(2 * places.length);
    this.times = new Float64Array(2 * times.length);
    this.kinds.set(kinds);
    this.places.set(places);
    this.times.set(times);
  }

  /** What nodes and CPUs are called. */
  private heads(): readonly string[] {
    const cpus = [...this.nodes].sort(([a], [b]) => a - b);
    const nodes = [...new Set(cpus.map(([, node]) => node))];
    return [
      ...nodes.map((node) =>
        JSON.stringify({ ph: 'M', name: 'process_name', pid: node, args: { name: `node ${node}` } }),
      ),
      ...cpus.map(([cpu, node]) =>
        JSON.stringify({ ph: 'M', name: 'thread_name', pid: node, tid: cpu, args: { name: `CPU ${cpu}` } }),
      ),
    ];
  }

  private lines(at: number): readonly string[] {
    const kind = this.kinds[at];
    const [cpu, pid, detail] = this.places.subarray(3 * at, 3 * at + 3);
    const [start, ns] = this.times.subarray(2 * at, 2 * at + 2);
    const place = { pid: this.nodes.get(cpu) ?? 0, tid: cpu, ts: start / 1000 };
    const task = pid === 0 ? {} : { task: `${this.names.get(pid) ?? ''} (${pid})` };
    if (kind === WAIT) {
      const sleep = { cat: 'wait', name: 'disk', id: pid, ...place };
      return [
        JSON.stringify({ ph: 'b', ...sleep, args: task }),
        JSON.stringify({ ph: 'e', ...sleep, ts: (start + ns) / 1000 }),
      ];
    }
    if (kind === MIGRATION) {
      const args = { ...task, from: detail };
      return [JSON.stringify({ ph: 'i', s: 't', cat: 'task', name: 'migration', ...place, args })];
    }
    if (kind === REFUSAL) {
      return [JSON.stringify({ ph: 'i', s: 't', cat: 'call', name: this.refusals[detail], ...place, args: task })];
    }
    if (kind >= KNOB) {
      const name = this.knobs[kind - KNOB];
      return [JSON.stringify({ ph: 'i', s: 'g', cat: 'sysctl', name: `${name}=${detail}`, ...place, args: task })];
    }
    const name = kernelEvents[kind];
    const args = { ...task, [DETAILS[name]]: detail };
    return [JSON.stringify({ ph: 'X', cat: 'kernel', name, ...place, dur: ns / 1000, args })];
  }
}
