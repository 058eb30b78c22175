/**
 * The requests for pages of a run that somebody watches: the last RING of them in a ring of columns (who asked, for what,
 * which zone gave), and the last one and the last miss with every zone test as it was made. A miss is a request that
 * another zone than the first of its list served, or none. Nothing of the run changes; where nobody watches there is no log.
 */
import * as C from '../../base/counters.ts';
import { invariant } from '../../base/errors.ts';
import type { KernelCpu } from '../cpu.ts';
import { functionNames } from '../functions.ts';
import type { Kernel } from '../kernel.ts';
import { NUMASTAT_COLUMNS, Numastat } from '../numastat.ts';
import type { ReadyZonelist, WalkLog, ZoneTest } from '../page-alloc.ts';
import type { Task } from '../task.ts';
import type { Zone } from '../zone.ts';
import type { Gfp } from './gfp.ts';
import type { SeenRequest, SeenRequests, SeenTest, SeenZone } from './seen-requests.ts';
import { walkWords } from './xray-words.ts';

const RING = 2 ** 14;
const MOST_ALIKE = 1000;
const MOST_TESTS = 64;
const MISS_TIMES = 64;
const NOBODY = -1;

/** A request under way, and what is kept of it afterwards; used again for others, since there are millions. */
class Draft {
  number = 0;
  timeNs = 0;
  task: Task | undefined;
  cause = 0;
  order = 0;
  readonly tests: ZoneTest[] = [];
  /** Of each test: zone.lock was taken for it. */
  readonly locks: boolean[] = [];
  moreTests = 0;
  woken = 0;
  reclaims = 0;
  allocated = 0;
  served: Zone | undefined;
  from: SeenRequest['from'] = null;
  onList: SeenRequest['list'] = null;

  constructor(
    public on: KernelCpu,
    public gfp: Gfp,
    public list: ReadyZonelist,
  ) {}

  begin(number: number, on: KernelCpu, { gfp, order, list, cause }: AskedPages): void {
    this.number = number;
    this.on = on;
    this.timeNs = on.now;
    this.task = on.task;
    this.cause = cause;
    this.order = order;
    this.gfp = gfp;
    this.list = list;
    this.tests.length = 0;
    this.locks.length = 0;
    this.moreTests = 0;
    this.woken = 0;
    this.reclaims = 0;
    this.allocated = on.core.counters[C.PGALLOC];
    this.served = undefined;
  }
}

/** What a request asks for; `cause`: number of the function that asks. */
export interface AskedPages {
  readonly gfp: Gfp;
  readonly order: number;
  readonly list: ReadyZonelist;
  readonly cause: number;
}

export class RequestLog implements WalkLog {
  requests = 0;
  misses = 0;
  /** Of each: place of the asking node, what was asked for, number of the zone that gave or NOBODY. */
  private readonly nodes = new Int16Array(RING);
  private readonly asked = new Int16Array(RING);
  private readonly served = new Int16Array(RING);
  private readonly missTimes = new Float64Array(MISS_TIMES);
  /** Under way: a request that reclaims may make others. */
  private readonly open: Draft[] = [];
  private readonly spare: Draft[] = [];
  private last: Draft | undefined;
  private lastMiss: Draft | undefined;

  /** `strayed`: is told of pages of other nodes for CPUs whose own node is the first of their list. */
  constructor(
    private readonly kernel: Kernel,
    private readonly strayed: (on: KernelCpu, from: Zone) => void,
  ) {}

  begin(on: KernelCpu, asked: AskedPages): void {
    const draft = this.spare.pop() ?? new Draft(on, asked.gfp, asked.list);
    draft.begin(++this.requests, on, asked);
    this.open.push(draft);
  }

  tested(test: ZoneTest, locked: boolean): void {
    const draft = this.open.at(-1);
    if (draft === undefined) return;
    if (draft.tests.length < MOST_TESTS || test.taken) {
      draft.tests.push(test);
      draft.locks.push(locked);
    } else draft.moreTests++;
  }

  woke(): void {
    const draft = this.open.at(-1);
    if (draft !== undefined) draft.woken++;
  }

  reclaims(): void {
    const draft = this.open.at(-1);
    if (draft !== undefined) draft.reclaims++;
  }

  /** The request that began last has its pages of `zone`, or none. */
  end(zone: Zone | undefined): void {
    const draft = this.open.pop();
    invariant(draft !== undefined, 'a request ends that did not begin', {});
    const { on } = draft;
    const at = (draft.number - 1) % RING;
    this.nodes[at] = on.node;
    this.asked[at] = askedOf(draft.gfp, draft.order);
    this.served[at] = zone?.number ?? NOBODY;
    draft.served = zone;
    this.findSource(draft);
    const first = draft.list.zones[0];
    const isMiss = zone === undefined || zone !== first;
    this.keep(draft, isMiss);
    if (!isMiss) return;
    this.missTimes[this.misses++ % MISS_TIMES] = draft.timeNs;
    if (zone !== undefined && zone.place !== on.node && first.place === on.node) this.strayed(on, zone);
  }

  /** It is the last one now; those that are shown no more are used again. */
  private keep(draft: Draft, isMiss: boolean): void {
    const { last, lastMiss } = this;
    this.last = draft;
    if (isMiss) this.lastMiss = draft;
    if (last !== undefined && last !== this.lastMiss) this.spare.push(last);
    if (isMiss && lastMiss !== undefined && lastMiss !== last) this.spare.push(lastMiss);
  }

  /** What a screen shows; `like`: the node (its place), mask and order whose requests are counted by zone. */
  seen(like: { readonly place: number; readonly gfp: Gfp; readonly order: number }): SeenRequests {
    const { requests, misses, last, lastMiss } = this;
    return {
      requests,
      misses,
      missTimes: this.lastMissTimes(),
      last: last === undefined ? null : this.shown(last),
      lastMiss: lastMiss === undefined ? null : this.shown(lastMiss),
      alike: this.alike(like.place, askedOf(like.gfp, like.order)),
    };
  }

  /** Where the page came from, while the CPU's lists are as the request left them. */
  private findSource(draft: Draft): void {
    const { on, order, gfp, served } = draft;
    draft.from = null;
    draft.onList = null;
    if (served === undefined) return;
    if (on.core.counters[C.PGALLOC] === draft.allocated) {
      draft.from = this.kernel.traits.watermarks === 'rhel3' ? 'clean' : 'kept';
      return;
    }
    if (order > 0 || served.layout.batch === 0) {
      draft.from = 'free lists';
      return;
    }
    const sets = served.sets[on.cpu];
    const list = gfp.cold === true ? sets?.cold : sets?.hot;
    draft.from = gfp.cold === true ? 'cold list' : 'hot list';
    if (list !== undefined) draft.onList = { count: list.count, low: list.low, high: list.high };
  }

  private lastMissTimes(): readonly number[] {
    const first = Math.max(0, this.misses - MISS_TIMES);
    return Array.from({ length: this.misses - first }, (_, at) => this.missTimes[(first + at) % MISS_TIMES]);
  }

  private alike(place: number, asked: number): SeenRequests['alike'] {
    const counts = new Map<number, number>();
    let count = 0;
    let failed = 0;
    const oldest = Math.max(0, this.requests - RING);
    for (let number = this.requests - 1; number >= oldest && count < MOST_ALIKE; number--) {
      const at = number % RING;
      if (this.nodes[at] !== place || this.asked[at] !== asked) continue;
      count++;
      const zone = this.served[at];
      if (zone === NOBODY) failed++;
      else counts.set(zone, (counts.get(zone) ?? 0) + 1);
    }
    const zones = [...counts]
      .sort(([a, first], [b, second]) => second - first || a - b)
      .map(([zone, times]) => ({ ...seenZone(this.kernel.allZones[zone]), count: times }));
    return { count, zones, failed };
  }

  private shown(draft: Draft): SeenRequest {
    const { kernel } = this;
    const { on, task, gfp, served, list } = draft;
    const { interconnect } = kernel.machine;
    return {
      number: draft.number,
      timeNs: draft.timeNs,
      task: task === undefined ? '' : task.pid === 0 ? task.name : `${task.name} ${task.pid}`,
      cpu: on.cpu,
      node: kernel.layout.nodes[on.node].id,
      cause: functionNames[draft.cause],
      mask: maskOf(gfp),
      policy: list !== kernel.pages.listOf(gfp.zone, on.node, on.cpu),
      order: draft.order,
      tests: draft.tests.map(seenTest),
      moreTests: draft.moreTests,
      listed: list.zones.length,
      woken: draft.woken,
      reclaims: draft.reclaims,
      served: served === undefined ? null : seenZone(served),
      from: draft.from,
      list: draft.onList,
      locked: draft.locks.some((locked, at) => locked && draft.tests[at].zone === served),
      missNs: served === undefined ? 0 : interconnect.missNs(on.node, served.place),
      localNs: interconnect.missNs(on.node, on.node),
      counters: this.countersOf(draft),
    };
  }

  private countersOf({ on, served, list }: Draft): SeenRequest['counters'] {
    if (served === undefined) return [];
    const { nodes } = this.kernel.layout;
    const [first] = list.zones;
    const stat = new Numastat(nodes.length);
    stat.count(first.place, served.place, on.node, list.interleaved === true && served === first);
    return [...new Set([first.place, served.place])].flatMap((place) =>
      stat.of(place).flatMap((count, column) => {
        return count === 0 ? [] : [{ name: NUMASTAT_COLUMNS[column], node: nodes[place].id }];
      }),
    );
  }
}

/** Masks that differ in nothing that a zonelist or a mark looks at are alike. */
function askedOf({ zone, wait, high }: Gfp, order: number): number {
  const list = { GFP_HIGHUSER: 0, GFP_KERNEL: 1, GFP_DMA: 2 }[zone];
  return (order << 4) | (list << 2) | (wait ? 1 : 0) | (high ? 2 : 0);
}

function maskOf({ zone, wait, cold, noWarn, noRetry }: Gfp): string {
  const name = zone === 'GFP_KERNEL' && !wait ? 'GFP_ATOMIC' : zone;
  const flags = [cold === true && '__GFP_COLD', noWarn === true && '__GFP_NOWARN', noRetry && '__GFP_NORETRY'];
  return [name, ...flags.filter((flag) => flag !== false)].join(' | ');
}

function seenZone({ node, layout }: Zone): SeenZone {
  return { node, name: layout.name, index: layout.index };
}

function seenTest({ zone, at, walk, before, mark, reserve, free, passes, taken }: ZoneTest): SeenTest {
  const outcome = taken ? 'taken' : passes ? 'no block' : 'refused';
  const bar = walk === 'any' ? null : before + mark + reserve;
  return { zone: seenZone(zone), at, walk: walkWords[walk], free, before, mark, reserve, bar, outcome };
}
