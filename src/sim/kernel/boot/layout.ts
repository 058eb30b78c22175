/**
 * What boot comes to: nodes, windows, zones, marks, low memory item by item, address space. Plain data: it crosses to
 * the window and to `--json` as it is. Pages and pfns are 4 KiB frames; batches and watermarks count page clusters.
 */
import type { Issue } from '../../base/errors.ts';

export type ZoneName = 'DMA' | 'Normal' | 'HighMem';

export interface Watermarks {
  readonly min: number;
  readonly low: number;
  readonly high: number;
  /** 2.4.21-rhel3 only. */
  readonly plenty?: number;
}

export interface ZoneLayout {
  readonly name: ZoneName;
  /** Which of several zones of one type (0 unless the profile cuts the type). */
  readonly index: number;
  /** A fall-back zone: entered only after every other zone of the zonelist failed. */
  readonly fallback: boolean;
  readonly startPfn: number;
  /** Spanned, holes included. */
  readonly pages: number;
  /** Spanned less holes. */
  readonly present: number;
  /** Per-CPU batch, in page clusters; 0 where the flavour has no per-CPU sets. */
  readonly batch: number;
  readonly watermarks: Watermarks;
  /** True where the profile sets these marks against the flavour's rule. */
  readonly watermarksSet: boolean;
  /** 2.6.11 lowmem_reserve[DMA, Normal, HighMem] in page clusters; empty for other flavours. */
  readonly lowmemReserve: readonly number[];
}

export interface NodeLayout {
  readonly id: number;
  readonly cpus: number;
  readonly startPfn: number;
  /** End of the node's memory as the machine has it; the remapped mem_map, if any, lies in the last `kvaPages` of it. */
  readonly endPfn: number;
  /** Frames that are RAM (span less holes). */
  readonly presentPages: number;
  /** Frames at the node's end that hold its own mem_map; 0 where nothing is remapped. */
  readonly kvaPages: number;
  /** Virtual address of the window on them; 0 where there is none. */
  readonly kvaStart: number;
  readonly zones: readonly ZoneLayout[];
}

export interface BudgetItem {
  readonly item: string;
  readonly bytes: number;
  readonly owner: 'mem_map' | 'kernel' | 'page-tables' | 'slab' | 'hole' | 'free';
  /** The arithmetic behind it: `8 nodes, (2,097,152 / 1 + 1) x 44 B, rounded up to 2 MiB`. */
  readonly formula: string;
  readonly source: string;
  readonly assumed: boolean;
}

export interface ZoneRef {
  readonly node: number;
  readonly zone: ZoneName;
  readonly index: number;
}

/** The order in which zones are tried for requests of a class that come from a node. */
export interface Zonelist {
  readonly node: number;
  readonly gfp: 'GFP_HIGHUSER' | 'GFP_KERNEL' | 'GFP_DMA';
  readonly zones: readonly ZoneRef[];
}

export interface AddressRange {
  readonly name: string;
  readonly kind: 'user' | 'direct' | 'window' | 'gap' | 'vmalloc' | 'pkmap' | 'fixmap';
  /** Virtual addresses in bytes, end exclusive (2^32 at most). */
  readonly start: number;
  readonly end: number;
  readonly node?: number;
}

export interface BootMessage {
  /** kernel: printed by the kernel itself; note: the lab's; assumed: no kernel ever did this. */
  readonly kind: 'kernel' | 'note' | 'assumed';
  readonly text: string;
  readonly path?: string;
}

export interface BootFailure {
  /** The item that broke it, as the budget names it. */
  readonly item: string;
  readonly message: string;
  /** Missing bytes of low memory. */
  readonly shortBytes: number;
  /** The largest memory that would boot with all nodes scaled alike, MiB in all; undefined where none does. */
  readonly largestMiB?: number;
}

/** kB as /proc/meminfo and the boot log print them. */
export interface MemInfo {
  readonly LowTotal: number;
  /** After the items taken up to the login prompt. */
  readonly LowFree: number;
  readonly HighTotal: number;
  readonly MemTotal: number;
  readonly reserved: number;
}

export interface BootLayout {
  readonly boots: boolean;
  readonly failure?: BootFailure;
  readonly issues: readonly Issue[];
  readonly messages: readonly BootMessage[];
  readonly nodes: readonly NodeLayout[];
  /** Limit of low memory before the windows are taken. */
  readonly maxmemPfn: number;
  readonly maxLowPfn: number;
  /** Virtual address at which the direct map ends; on 64-bit machines 0. */
  readonly lowmemEnd: number;
  /** As the kernel's LOWMEM / HIGHMEM lines: spanned, whole MiB rounded down. */
  readonly lowmemMiB: number;
  readonly highmemMiB: number;
  readonly memMap: {
    /** sizeof(struct page): one for each page cluster. */
    readonly structPageBytes: number;
    /** What a 4 KiB frame costs: structPageBytes / clusterFrames. */
    readonly bytesPerFrame: number;
    readonly totalBytes: number;
    readonly kvaPagesTotal: number;
  };
  readonly lowmemBudget: readonly BudgetItem[];
  /** Of every node, up to ZONELIST_NODES nodes; empty beyond (ask zonelistsOf() for a node's). */
  readonly zonelists: readonly Zonelist[];
  readonly watermarks: readonly (ZoneRef & Watermarks)[];
  readonly addressSpace: readonly AddressRange[];
  readonly meminfo: MemInfo;
  /** 4 KiB frames per page cluster. */
  readonly clusterFrames: number;
  readonly maxOrder: number;
}
