/**
 * The words of the field that stand on the screens: what each is, in a sentence or two, and where that can be read.
 * Figures are those of i386 with PAE unless said otherwise.
 */
export interface GlossaryEntry {
  readonly term: string;
  /** Other spellings that mean it, and words to find it by. */
  readonly also: readonly string[];
  readonly text: string;
  /** Kernel tree and file, or whose measurement or proposal. */
  readonly source: string;
}

export const glossary: readonly GlossaryEntry[] = [
  {
    term: '4G/4G split',
    also: ['4g4g', 'trampoline'],
    text: 'Kernel and user space each own about 4 GiB; every crossing between them loads CR3. It gives low memory back (LowTotal 3,137,464 kB on the 64 GB box) for about 3 µs on a system call.',
    source: 'I. Molnar, linux-kernel, 9 July 2003; Linux 2.4.21-rhel3, asm-i386/page.h',
  },
  {
    term: 'anon_vma',
    also: ['anonymous reverse map'],
    text: 'Reverse map of anonymous pages since 2.6.7: a list of the areas that may map a page. An unmap walks the processes of the fork family; a fork costs a count per page and no allocation.',
    source: 'H. Dickins, rmap series; Linux 2.6.7, mm/rmap.c',
  },
  {
    term: 'bounce buffer',
    also: ['bounce page'],
    text: 'A page of low memory that stands in for one that a disk cannot reach, and is copied from or to. 2.6 keeps a pool of 64 pages, and of 16 for ISA.',
    source: 'Linux 2.6.0, mm/highmem.c',
  },
  {
    term: 'buddy allocator',
    also: ['order', 'free list', 'buddyinfo'],
    text: 'Gives blocks of 2^order pages and joins a freed block with its buddy. 2.6 has orders 0 to 10 (4 MiB), 2.4 orders 0 to 9. Each zone has its own, under its zone lock.',
    source: 'Linux 2.6.0, mm/page_alloc.c',
  },
  {
    term: 'direct map',
    also: ['lowmem mapping', 'PAGE_OFFSET'],
    text: 'Low memory has a permanent kernel address: its physical address plus PAGE_OFFSET, 0xC0000000 at 3:1. Highmem has none.',
    source: 'Linux 2.6.0, asm-i386/page.h',
  },
  {
    term: 'directory',
    also: ['SCI', 'sharing list', 'coherence'],
    text: 'Says at the home of a cache line which nodes hold copies, so that a write can take them away. NUMA-Q keeps it as SCI: a list through the nodes that share the line.',
    source: 'T. Lovett and R. Clapp, STiNG, ISCA 1996',
  },
  {
    term: 'discontigmem',
    also: ['CONFIG_DISCONTIGMEM', 'lmem_map'],
    text: 'A mem_map for each node instead of one for the whole machine. On NUMA-Q all nodes lie in one physical space; quad 0 starts at 0.',
    source: 'Linux 2.6.0, arch/i386/mm/discontig.c',
  },
  {
    term: 'exec balancing',
    also: ['sched_balance_exec', 'node balancing'],
    text: 'At exec a task has little memory, so it is the cheapest moment to move: to the node with the least load, unless no more than 2 run on its own CPU. Later moves are made by the periodic balance.',
    source: 'Linux 2.6.0, kernel/sched.c',
  },
  {
    term: 'first touch',
    also: ['first-touch', 'default placement'],
    text: 'A page comes from the node of the CPU that faults on it first. A shared segment that one process fills therefore lands on one node.',
    source: 'Linux 2.6.0, mm/page_alloc.c',
  },
  {
    term: 'fixmap',
    also: ['fixed mappings'],
    text: 'Kernel addresses fixed at compile time at the top of the address space: the APICs, and the slots of kmap_atomic, 14 for each of NR_CPUS.',
    source: 'Linux 2.6.0, asm-i386/fixmap.h, asm-i386/kmap_types.h',
  },
  {
    term: 'gfp mask',
    also: ['GFP_KERNEL', 'GFP_HIGHUSER', 'gfp'],
    text: 'What a request for pages may use and do: GFP_HIGHUSER takes highmem first, GFP_KERNEL only low memory, GFP_ATOMIC may not wait.',
    source: 'Linux 2.6.0, include/linux/gfp.h',
  },
  {
    term: 'highmem',
    also: ['HighMem', 'HighTotal', 'ZONE_HIGHMEM'],
    text: 'Memory above low memory, at most 896 MiB: it has no permanent kernel address and is mapped when the kernel needs it. Nodes other than node 0 of a NUMA-Q are highmem only.',
    source: 'Linux 2.6.0, include/linux/mmzone.h, mm/highmem.c',
  },
  {
    term: 'highpte',
    also: ['pte-highmem', 'HIGHPTE'],
    text: 'Page tables of the last level lie in highmem and are reached by kmap_atomic. Low memory is saved; a 16-way kernel compile took 13.5 % more system time.',
    source: 'M. J. Bligh, linux-kernel, July 2003; Linux 2.6.0, asm-i386/pgtable.h',
  },
  {
    term: 'interleave',
    also: ['MPOL_INTERLEAVE'],
    text: 'Pages go to the nodes of a set in turn: by offset in an area, the same for every process, or for each request of a task.',
    source: 'Linux 2.6.11, mm/mempolicy.c',
  },
  {
    term: 'IPI',
    also: ['inter-processor interrupt'],
    text: 'One CPU interrupts another, for a TLB shootdown or to look at its run queue. NUMA-Q cannot name an arbitrary set of CPUs, so a set is a sequence of single ones.',
    source: 'Linux 2.6.0, asm-i386/mach-numaq/mach_ipi.h',
  },
  {
    term: 'kmap_atomic',
    also: ['atomic kmap'],
    text: 'Maps a highmem page for a moment in a slot of the running CPU: no lock, no IPI, and no sleeping until it is unmapped.',
    source: 'Linux 2.6.0, arch/i386/mm/highmem.c',
  },
  {
    term: 'kmap_lock',
    also: ['kmap lock'],
    text: 'The one lock of the pool of persistent kmaps. When the cursor wraps, all CPUs’ TLBs are flushed while it is held.',
    source: 'Linux 2.6.0, mm/highmem.c',
  },
  {
    term: 'kswapd',
    also: ['background reclaim'],
    text: 'Frees pages in the background until every zone is above its high watermark. 2.6 has one for each node, 2.4 one for all. It is woken when a request fails the low watermarks.',
    source: 'Linux 2.6.0, mm/vmscan.c',
  },
  {
    term: 'KVA remap',
    also: ['KVA window', 'remap', 'remap window', 'kva_pages'],
    text: 'The mem_map of each node but node 0 lies in the end of that node’s own memory, and is seen through a window cut from the kernel’s low addresses. The sum of the windows, each rounded up to 2 MiB, is low memory lost.',
    source: 'Linux 2.6.0, arch/i386/mm/discontig.c',
  },
  {
    term: 'local reference',
    also: ['local refs', 'remote reference', 'remote'],
    text: 'A memory reference that the CPU’s own node serves. A remote one goes over the interconnect: 225 ns against 2.5 µs on a NUMA-Q of 2000.',
    source: 'P. E. McKenney, latencytrend (perfbook)',
  },
  {
    term: 'low memory',
    also: ['lowmem', 'LowTotal', 'LowFree'],
    text: 'What the kernel can address at any time: 896 MiB, 1 GiB of its addresses less 128 MiB for vmalloc, pkmap and fixmap. mem_map, stacks, slab and tables must lie there.',
    source: 'Linux 2.6.0, asm-i386/page.h',
  },
  {
    term: 'lowmem_reserve',
    also: ['lower_zone_protection', 'lowmem reserve'],
    text: 'Pages of a lower zone that requests which could have used a higher one must leave free. 2.6.11 takes 1/256 for DMA and 1/32 for Normal, of the pages above on the same node.',
    source: 'Linux 2.6.11, mm/page_alloc.c',
  },
  {
    term: 'lru_lock',
    also: ['LRU lock', 'pagemap_lru_lock'],
    text: 'Guards the lists of active and inactive pages: one for the machine in 2.4 (pagemap_lru_lock), one for each zone in 2.6, taken for 16 pages at a time.',
    source: 'Linux 2.6.0, mm/swap.c, mm/vmscan.c',
  },
  {
    term: 'mbind',
    also: ['set_mempolicy', 'membind', 'shmbind', 'NUMA policy'],
    text: 'Gives a range of addresses a policy: default, preferred, bind or interleave. It does not move pages that are there. For shared memory the policy belongs to the segment and holds for all who map it.',
    source: 'A. Kleen, NUMA API; Linux 2.6.11, mm/mempolicy.c',
  },
  {
    term: 'mem_map',
    also: ['struct page', 'page frame'],
    text: 'One struct page for each page frame: 40 bytes in 2.6.0, 44 with highpte and PAE, 48 in 2.4.22 with highmem. For 64 GiB with 44 bytes it takes 704 MiB.',
    source: 'Linux 2.4.22, 2.6.0, include/linux/mm.h',
  },
  {
    term: 'MESI',
    also: ['cache state', 'modified', 'exclusive', 'shared', 'invalid'],
    text: 'What a cache may do with a line: Modified, its only copy and newer than memory; Exclusive, its only copy; Shared, others may have it; Invalid.',
    source: 'Intel Architecture Software Developer’s Manual, volume 3',
  },
  {
    term: 'min_free_kbytes',
    also: ['watermark knob'],
    text: 'From which 2.6.11 makes the min watermarks: the root of 16 times the low memory in kB, from 128 to 65,536, shared out over the zones of low memory.',
    source: 'Linux 2.6.11, mm/page_alloc.c',
  },
  {
    term: 'MMU notifier',
    also: ['mm_take_all_locks', 'invalidate_range_start'],
    text: 'Tells a second MMU (a guest’s, a device’s) that mappings go, before pages can be used again. Merged for 2.6.27.',
    source: 'Linux 2.6.28.6, mm/mmu_notifier.c',
  },
  {
    term: 'mmu_gather',
    also: ['FREE_PTE_NR', 'mmu gather'],
    text: 'Collects up to 506 unmapped pages, flushes TLBs once, and frees them only then.',
    source: 'Linux 2.6.0, asm-generic/tlb.h',
  },
  {
    term: 'node',
    also: ['quad', 'NUMA node'],
    text: 'CPUs with the memory next to them. A node of a NUMA-Q is a quad: 4 CPUs on one bus, its memory and a remote cache.',
    source: 'T. Lovett and R. Clapp, STiNG, ISCA 1996',
  },
  {
    term: 'numa_hit',
    also: ['numastat', 'numa_miss', 'numa_foreign'],
    text: 'A request served by the node of its zonelist’s first zone counts numa_hit there. Otherwise the node that served counts numa_miss, and the first one numa_foreign.',
    source: 'Linux 2.6.11, mm/page_alloc.c (zone_statistics)',
  },
  {
    term: 'objrmap',
    also: ['object-based reverse map', 'prio_tree'],
    text: 'Finds the mappings of a file page by the file’s areas instead of a chain for each page: nothing for each mapping, but a walk over the areas. 2.6.7 keeps the areas in a prio_tree.',
    source: 'D. McCracken, 2.5.6x -mm; Linux 2.6.7, mm/rmap.c',
  },
  {
    term: 'PAE',
    also: ['physical address extension'],
    text: 'Page-table entries of 8 bytes, which reach 64 GiB; a table then has 512 of them and maps 2 MiB instead of 4 MiB. Low memory stays 896 MiB.',
    source: 'Linux 2.6.0, asm-i386/pgtable-3level.h',
  },
  {
    term: 'page cluster',
    also: ['page clustering', 'PAGE_MMUSHIFT', 'pgcl'],
    text: 'The kernel manages memory in pages of 4 KiB × 2^PAGE_MMUSHIFT while programs still see 4 KiB: mem_map shrinks by that factor, and memory is lost inside clusters.',
    source: 'W. L. Irwin, pgcl-2.5, 2003; H. Dickins, 2.4.4, July 2001',
  },
  {
    term: 'per-CPU pages',
    also: ['pcp', 'hot list', 'cold list', 'per-CPU page set'],
    text: 'Each CPU keeps a few free pages of each zone, hot and cold, and takes the zone lock about once for 16 of them.',
    source: 'Linux 2.6.0, mm/page_alloc.c',
  },
  {
    term: 'pkmap',
    also: ['LAST_PKMAP', 'persistent kmap', 'kmap pool', 'kmap'],
    text: 'The pool of kernel addresses for mappings of highmem that may last: 512 with PAE, 1,024 without. When its cursor wraps, every CPU’s TLB is flushed.',
    source: 'Linux 2.6.0, mm/highmem.c, asm-i386/highmem.h',
  },
  {
    term: 'PSE',
    also: ['large page', 'hugetlb', 'huge page'],
    text: 'A page of 2 MiB (4 MiB without PAE) mapped by one entry of the middle table. Huge pages of a segment come from a pool set aside before.',
    source: 'Linux 2.6.0, arch/i386/mm/hugetlbpage.c',
  },
  {
    term: 'pte_chain',
    also: ['pte chain', 'rmap', 'reverse map', 'NRPTE'],
    text: 'Reverse map of 2.5.27 to 2.6.6: for each page with two or more mappings, a chain of elements of one L1 line. With 32-byte lines an element holds 7 mappings, with highpte and PAE 3. It lies in low memory.',
    source: 'Linux 2.6.0, mm/rmap.c',
  },
  {
    term: 'remote cache',
    also: ['R-cache', 'IQ-Link', 'rcache'],
    text: 'Cache of a node for lines of other nodes’ memory, between its CPUs and the interconnect. A hit saves the way over the ring.',
    source: 'T. Lovett and R. Clapp, STiNG, ISCA 1996; sizes are assumed',
  },
  {
    term: 'shared page tables',
    also: ['shpte', 'CONFIG_SHAREPTE', 'pte_page_lock'],
    text: 'After fork, parent and child use the same tables until one of them writes: fork costs for each table page instead of each page. Never merged. With the rule of three, programs with 3 table pages or fewer do not share.',
    source: 'D. McCracken, linux-kernel, 18 October 2002 and 23 December 2002',
  },
  {
    term: 'slab',
    also: ['slabinfo', 'dentry', 'inode cache'],
    text: 'Allocator of small objects of one kind (dentries, inodes, pte_chains) out of pages of low memory.',
    source: 'Linux 2.6.0, mm/slab.c',
  },
  {
    term: 'swappiness',
    also: ['reclaim_mapped', 'distress'],
    text: 'How readily mapped pages are taken: when half the share of mapped memory, the distress and swappiness (60) together reach 100.',
    source: 'Linux 2.6.0, mm/vmscan.c',
  },
  {
    term: 'TLB',
    also: ['translation lookaside buffer', 'page walk'],
    text: 'A CPU’s memory of translations. What is not in it costs a walk through the page tables.',
    source: 'Intel Architecture Software Developer’s Manual, volume 3',
  },
  {
    term: 'TLB shootdown',
    also: ['shootdown', 'flush_tlb_mm', 'flush_tlb_all'],
    text: 'Makes other CPUs forget a translation: one CPU sends IPIs to those that may have it and waits for all. i386 has one lock for it, so flushes queue.',
    source: 'Linux 2.6.0, arch/i386/kernel/smp.c',
  },
  {
    term: 'UKVA',
    also: ['user kernel virtual area'],
    text: 'A window of kernel addresses that differs for each address space, so that a process’s own page tables in highmem need no atomic kmap. A proposal.',
    source: 'M. J. Bligh, D. Hansen, D. McCracken, March to August 2002',
  },
  {
    term: 'vmalloc',
    also: ['VMALLOC_RESERVE'],
    text: 'Kernel addresses for memory that need not lie together. With pkmap and fixmap it has 128 MiB set aside, which low memory lacks.',
    source: 'Linux 2.6.0, asm-i386/page.h, mm/vmalloc.c',
  },
  {
    term: 'watermark',
    also: ['watermarks', 'min low high', 'pages_low', 'pages_min', 'pages_high'],
    text: 'Free pages of a zone at which something begins: below low kswapd is woken, below min the caller frees pages itself, and kswapd stops at high. In 2.6.0 low is 2 and high 3 times min.',
    source: 'Linux 2.6.0, mm/page_alloc.c',
  },
  {
    term: 'zone',
    also: ['ZONE_NORMAL', 'ZONE_DMA', 'DMA', 'Normal'],
    text: 'Memory of a node by what it can be used for: DMA below 16 MiB, Normal up to the end of low memory, HighMem above.',
    source: 'Linux 2.6.0, include/linux/mmzone.h',
  },
  {
    term: 'zone lock',
    also: ['zone->lock'],
    text: 'Guards the free lists of a zone. Per-CPU pages and batches keep it from being taken for every page.',
    source: 'Linux 2.6.0, mm/page_alloc.c',
  },
  {
    term: 'zonelist',
    also: ['fallback list', 'zone fallback'],
    text: 'The zones that a request may take from, in order. 2.6.0: those of the own node from high to low, then node+1, node+2, and round. 2.6.11 goes by distance.',
    source: 'Linux 2.6.0, mm/page_alloc.c (build_zonelists)',
  },
];

const plain = (text: string): string => text.toLowerCase().replace(/[\s_-]+/g, ' ');

const byWord = new Map(glossary.flatMap((entry) => [entry.term, ...entry.also].map((word) => [plain(word), entry])));

/** The entry of a term or of another spelling of it. */
export function glossaryEntry(word: string): GlossaryEntry | undefined {
  return byWord.get(plain(word));
}

/** Entries that have every word of `query`, those with it in their name first. */
export function searchGlossary(query: string): readonly GlossaryEntry[] {
  const words = plain(query)
    .split(' ')
    .filter((word) => word !== '');
  const rank = (entry: GlossaryEntry): number => {
    const names = [entry.term, ...entry.also].map(plain);
    const all = `${names.join(' ')} ${plain(entry.text)}`;
    if (!words.every((word) => all.includes(word))) return 0;
    return words.every((word) => plain(entry.term).includes(word))
      ? 3
      : words.every((word) => names.join(' ').includes(word))
        ? 2
        : 1;
  };
  return glossary
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter(({ rank: found }) => found > 0)
    .sort((a, b) => b.rank - a.rank)
    .map(({ entry }) => entry);
}

/** Words that stand everywhere: marking them would mark every text. */
const COMMON = ['node', 'zone', 'slab', 'directory', 'interleave', 'DMA', 'Normal', 'NUMA node', 'highmem', 'HighMem'];

/** Terms as they are written, and their names in the kernel: not every word by which the glossary finds them. */
const marked: readonly string[] = glossary
  .flatMap(({ term, also }) => [term, ...also.filter((word) => /[_A-Z]|\d/.test(word))])
  .filter((word) => !COMMON.includes(word))
  .sort((a, b) => b.length - a.length);

const pattern = new RegExp(
  `(?<![\\w-])(?:${marked.map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|')})(?![\\w-])`,
  'gi',
);

/** A text in parts, those that are terms marked: each term once, where it stands first. */
export function splitByTerms(text: string): readonly { readonly text: string; readonly term: boolean }[] {
  const parts: { text: string; term: boolean }[] = [];
  const seen = new Set<string>();
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const term = glossaryEntry(match[0])?.term;
    if (term === undefined || seen.has(term)) continue;
    seen.add(term);
    if (match.index > from) parts.push({ text: text.slice(from, match.index), term: false });
    parts.push({ text: match[0], term: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), term: false });
  return parts;
}
