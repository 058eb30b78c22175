/**
 * The kernel's state as /proc would say it, at no virtual cost. Sources: fs/proc/proc_misc.c, mm/page_alloc.c of 2.6.0 for
 * what each line counts. Deviations: Buffers is 0 (file systems have no metadata blocks here); PageTables counts pte pages
 * as 2.6.0's nr_page_table_pages does, in page clusters.
 */
import * as C from '../../base/counters.ts';
import { FRAME_BYTES, KB_PER_FRAME, KIB } from '../../base/units.ts';
import type { SlabCache } from '../alloc/slab.ts';
import { functionNames } from '../functions.ts';
import type { Kernel } from '../kernel.ts';
import { lockNames } from '../locks.ts';
import { OWNER, type PageOwner, ownerNames } from '../page-flags.ts';
import type { Task } from '../task.ts';
import type { Zone } from '../zone.ts';
import { fragmentation } from './fragmentation.ts';
import { segmentsOf, vmaOf } from './numa-maps.ts';
import type { ProcRequests, ProcSlab, ProcSnapshot, ProcTask, ProcZone } from './snapshot.ts';

/** Tasks in full; of a run with thousands of dead ones the rest are counted only. */
const MOST_TASKS = 200;
/** vmas of one task in full. */
const MOST_VMAS = 2000;

/** Snapshot at virtual time `nowNs`; `counters` are the sums of all CPUs. */
export function takeSnapshot(kernel: Kernel, counters: Float64Array, nowNs: number): ProcSnapshot {
  const { shown, more } = chosenTasks(kernel);
  return {
    meminfo: meminfo(kernel),
    zones: kernel.allZones.map((zone) => zoneOf(kernel, zone)),
    requests: requestsOf(kernel),
    ...kmapsOf(kernel),
    slabs: kernel.slabs.caches.map(slabOf),
    vmstat: vmstat(kernel, counters),
    tasks: shown.map((task) => taskOf(kernel, task, nowNs)),
    moreTasks: more,
    segments: segmentsOf(kernel),
    profile: profileOf(kernel),
    locks: lockNames
      .map((name, index) => {
        const { acquisitions, heldNs, contended, waitNs, waited } = kernel.locks;
        const known = { name, acquisitions: acquisitions[index], heldNs: heldNs[index] };
        return waited[index] === 0 ? known : { ...known, contended: contended[index], waitNs: waitNs[index] };
      })
      .filter(({ acquisitions }) => acquisitions > 0),
    lowmem: lowmem(kernel),
    unused: fragmentation(kernel),
    sysctls: kernel.sysctl.changes,
  };
}

const isHigh = (zone: Zone): boolean => zone.layout.name === 'HighMem';
const kbOf = (kernel: Kernel, clusters: number): number => clusters * kernel.layout.clusterFrames * KB_PER_FRAME;

function ownedBy(kernel: Kernel, owner: PageOwner, zones: readonly Zone[] = kernel.allZones): number {
  return zones.reduce((sum, zone) => sum + zone.owned[OWNER[owner]], 0);
}

/** Pages of the replacement's lists whose name begins with `prefix`, all zones. */
function listed(kernel: Kernel, prefix: string): number {
  return kernel.allZones.reduce((sum, zone) => {
    const lists = Object.entries(kernel.reclaim.census(zone));
    return sum + lists.reduce((pages, [name, count]) => pages + (name.startsWith(prefix) ? count : 0), 0);
  }, 0);
}

function meminfo(kernel: Kernel): ProcSnapshot['meminfo'] {
  const { layout, swap, pageCache, profile } = kernel;
  const kb = (clusters: number): number => kbOf(kernel, clusters);
  const high = kernel.allZones.filter(isHigh);
  const low = kernel.allZones.filter((zone) => !isHigh(zone));
  const free = (zones: readonly Zone[]): number => kb(zones.reduce((sum, zone) => sum + zone.free, 0));
  const swapCached = swap.cached;
  const is64 = profile.machine.bits === 64;
  const vmalloc = layout.addressSpace.find(({ kind }) => kind === 'vmalloc');
  const rows: [string, number][] = [
    ['MemTotal', layout.meminfo.MemTotal],
    ['MemFree', free(kernel.allZones)],
    ['Buffers', 0],
    ['Cached', kb(pageCache.cachedPages)],
    ['SwapCached', kb(swapCached)],
    ['Active', kb(listed(kernel, 'active'))],
    ['Inactive', kb(listed(kernel, 'inactive'))],
    ['HighTotal', layout.meminfo.HighTotal],
    ['HighFree', free(high)],
    ['LowTotal', layout.meminfo.LowTotal],
    ['LowFree', free(low)],
    ['SwapTotal', kb(swap.total)],
    ['SwapFree', kb(swap.free)],
    ['Dirty', kb(pageCache.dirtyPages)],
    ['Writeback', kb(kernel.reclaim.writeback.pages)],
    ['Mapped', kb(kernel.memMap.mapped)],
    ['Slab', kb(ownedBy(kernel, 'slab'))],
    ['PageTables', kb(kernel.tables.pages.pages)],
  ];
  if (!is64 && vmalloc !== undefined) rows.push(['VmallocTotal', Math.floor((vmalloc.end - vmalloc.start) / KIB)]);
  if (kernel.hugetlb.total > 0) {
    rows.push(
      ['HugePages_Total', kernel.hugetlb.total],
      ['HugePages_Free', kernel.hugetlb.free],
      ['Hugepagesize', kernel.ptePages.entries * KB_PER_FRAME],
    );
  }
  return rows;
}

function zoneOf(kernel: Kernel, zone: Zone): ProcZone {
  const { name, index, pages, present, lowmemReserve } = zone.layout;
  const { min, low, high } = zone.marks;
  const unit = kernel.layout.clusterFrames;
  const owners = Object.fromEntries(
    ownerNames
      .map((owner, place) => [owner, zone.owned[place]] as const)
      .filter(([owner, count]) => count > 0 && owner !== 'free'),
  );
  return {
    node: zone.node,
    zone: name,
    index,
    free: zone.free,
    min,
    low,
    high,
    lists: kernel.reclaim.census(zone),
    spanned: Math.floor(pages / unit),
    present: Math.floor(present / unit),
    protection: lowmemReserve,
    census: zone.census,
    perCpu: zone.onCpuLists,
    owners,
    lockTakes: zone.lockTakes,
    visits: zone.visits,
    refusals: zone.refusals,
  };
}

function requestsOf({ pages }: Kernel): ProcRequests {
  const { requests, fallbackEntries, failures, refusedThoughFree, pressureAt, failedAt } = pages.counts;
  const pressureToFailureNs = failedAt < 0 || pressureAt < 0 ? -1 : failedAt - pressureAt;
  return { requests, visits: pages.visits, fallbackEntries, failures, refusedThoughFree, pressureToFailureNs };
}

/** Where any highmem was reached through a pool. */
function kmapsOf({ highmem }: Kernel): Pick<ProcSnapshot, 'kmaps'> {
  const kmaps = highmem.report();
  const used = kmaps.mappings + kmaps.ukvaWindows + kmaps.pinnedDepths.reduce((sum, count) => sum + count, 0);
  return used === 0 ? {} : { kmaps };
}

function slabOf(cache: SlabCache): ProcSlab {
  const { name, active, total, objectBytes, objectsPerSlab, pagesPerSlab, slabs } = cache;
  return { name, active, total, objectBytes, objectsPerSlab, pagesPerSlab, slabs };
}

/** In the order of 2.6.0's page_state; what the lab does not count (nr_unstable) is left out. */
function vmstat(kernel: Kernel, c: Float64Array): ProcSnapshot['vmstat'] {
  return [
    ['nr_dirty', kernel.pageCache.dirtyPages],
    ['nr_writeback', kernel.reclaim.writeback.pages],
    ['nr_page_table_pages', kernel.tables.pages.pages],
    ['nr_mapped', kernel.memMap.mapped],
    ['nr_slab', ownedBy(kernel, 'slab')],
    ['pgpgin', c[C.PGPGIN]],
    ['pgpgout', c[C.PGPGOUT]],
    ['pswpin', c[C.PSWPIN]],
    ['pswpout', c[C.PSWPOUT]],
    ['pgalloc', c[C.PGALLOC]],
    ['pgfree', c[C.PGFREE]],
    ['pgactivate', c[C.PGACTIVATE]],
    ['pgdeactivate', c[C.PGDEACTIVATE]],
    ['pgfault', c[C.FAULTS]],
    ['pgmajfault', c[C.PGMAJFAULT]],
    ['pgscan', c[C.PGSCAN]],
    ['pgrefill', c[C.PGREFILL]],
    ['pgsteal', c[C.PGSTEAL]],
    ['pginodesteal', c[C.PGINODESTEAL]],
    ['kswapd_steal', c[C.KSWAPD_STEAL]],
    ['kswapd_inodesteal', c[C.KSWAPD_INODESTEAL]],
    ['pageoutrun', c[C.PAGEOUTRUN]],
    ['allocstall', c[C.ALLOCSTALL]],
    ['pgrotated', c[C.PGROTATED]],
  ];
}

/** Live tasks in the order of their pids, then dead ones by the time they took. */
function chosenTasks(kernel: Kernel): { readonly shown: readonly Task[]; readonly more: number } {
  const all = [...kernel.tasks.values()];
  const live = all.filter((task) => task.diedAt < 0);
  const dead = all
    .filter((task) => task.diedAt >= 0)
    .sort((a, b) => b.userNs + b.systemNs - a.userNs - a.systemNs || a.pid - b.pid);
  const shown = [...live, ...dead].slice(0, MOST_TASKS);
  return { shown, more: all.length - shown.length };
}

function taskOf(kernel: Kernel, task: Task, nowNs: number): ProcTask {
  const { pid, name, state, userNs, systemNs, ioNs, minorFaults, majorFaults, mm } = task;
  const elapsedNs = (task.diedAt < 0 ? nowNs : task.diedAt) - task.bornAt;
  const maps =
    mm === undefined || task.diedAt >= 0 ? [] : mm.vmas.slice(0, MOST_VMAS).map((vma) => vmaOf(kernel, task, mm, vma));
  const rss = mm === undefined || task.diedAt >= 0 ? 0 : mm.rss;
  return { pid, name, state, userNs, systemNs, ioNs, elapsedNs, minorFaults, majorFaults, rss, maps };
}

function profileOf(kernel: Kernel): ProcSnapshot['profile'] {
  const sum = new Float64Array(functionNames.length);
  for (const cpu of kernel.activeCpus) for (let i = 0; i < sum.length; i++) sum[i] += cpu.profile[i];
  return functionNames
    .map((name, index) => [name, sum[index]] as const)
    .filter(([, ns]) => ns > 0)
    .sort((a, b) => b[1] - a[1]);
}

/** What low memory is spent on, most first: slab caches one by one, other owners as a whole. */
function lowmem(kernel: Kernel): ProcSnapshot['lowmem'] {
  const low = kernel.allZones.filter((zone) => !isHigh(zone));
  const bytes = (clusters: number): number => clusters * kernel.layout.clusterFrames * FRAME_BYTES;
  const slabs = kernel.slabs.caches.map(({ name, pages }) => ({ item: `slab ${name}`, bytes: bytes(pages) }));
  const owners = ownerNames
    .filter((owner) => owner !== 'free' && owner !== 'slab')
    .map((owner) => ({ item: owner, bytes: bytes(ownedBy(kernel, owner, low)) }));
  return [...owners, ...slabs].filter((item) => item.bytes > 0).sort((a, b) => b.bytes - a.bytes);
}
