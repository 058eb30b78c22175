/**
 * numastat: zone_statistics() of Linux 2.6.11, mm/page_alloc.c, bumped once for each successful request whatever its
 * order. (That kernel's Documentation/numastat.txt tells miss and foreign the other way round; this follows the code.)
 */
const NUMA_HIT = 0;
const NUMA_MISS = 1;
const NUMA_FOREIGN = 2;
const INTERLEAVE_HIT = 3;
const LOCAL_NODE = 4;
const OTHER_NODE = 5;
export const NUMASTAT_COLUMNS = [
  'numa_hit',
  'numa_miss',
  'numa_foreign',
  'interleave_hit',
  'local_node',
  'other_node',
] as const;

export class Numastat {
  private readonly counts: Float64Array;

  constructor(nodes: number) {
    this.counts = new Float64Array(nodes * NUMASTAT_COLUMNS.length);
  }

  /**
   * A request was met. Places of nodes: `first` of the first zone of the zonelist, `from` of the zone that gave the
   * page, `running` of the CPU that asked; `interleaved` when interleave chose `first` and the zonelist's first zone
   * gave the page (alloc_page_interleave() compares zones: a lower zone of the node does not count).
   */
  count(first: number, from: number, running: number, interleaved: boolean): void {
    const width = NUMASTAT_COLUMNS.length;
    if (from === first) {
      this.counts[from * width + NUMA_HIT]++;
      if (interleaved) this.counts[from * width + INTERLEAVE_HIT]++;
    } else {
      this.counts[from * width + NUMA_MISS]++;
      this.counts[first * width + NUMA_FOREIGN]++;
    }
    this.counts[from * width + (from === running ? LOCAL_NODE : OTHER_NODE)]++;
  }

  /** The six counts of a node, in the order of NUMASTAT_COLUMNS. */
  of(place: number): readonly number[] {
    const width = NUMASTAT_COLUMNS.length;
    return Array.from(this.counts.subarray(place * width, (place + 1) * width));
  }
}
