/**
 * The kernels the lab knows, as data: a base (2.4.18) and what each later one changed, in the order of their years. A
 * blank in a row is the row it is based on. Source: kernel trees and mails of 2001 to 2008 (struct page by the field
 * lists of include/linux/mm.h, pools by asm-i386/highmem.h). A switch that a kernel never had may be turned on all the
 * same: traitsOf() then lists it as a patch.
 *
 * Deviations: locks' contention is not modelled yet, but for runqueues'; 2.5.65 and 2.5.66 balance between nodes as 2.5.59
 * did, without the timers that came in March 2003 (d65e4887ca); scheduling domains of 2.6.11 and later are balanced as
 * 2.6.0's nodes. sizeof(struct buffer_head) is the field lists' (48 bytes in 2.6.0), in 2.4 with its padding to 96.
 */
import type { KernelTraits } from './traits.ts';

/** Which field list struct page has; struct-page.ts turns it and the switches into bytes. */
export type StructPageLayout = '2.4' | 'rhel3' | 'pte_chain' | 'anon_vma';

/** Switches that a kernel as published can have: turning on any other is a patch. */
interface FlavourSwitches {
  /** Reverse maps and switches of the memory manager that the kernel could be built with beside its own. */
  readonly canObjrmap: boolean;
  readonly canSharePageTables: boolean;
  readonly can4g: boolean;
  /** off: it never had highpte; optional: a build option, off in the row's kernel; on: the row's kernel was built so. */
  readonly highpte: 'never' | 'optional' | 'on';
  /** Node-local mem_maps in windows of low memory (discontigmem on NUMA-Q). */
  readonly kvaRemap: 'never' | 'on';
  /** Page clusters larger than one 4 KiB page. */
  readonly clusters: boolean;
}

export interface Flavour extends FlavourSwitches {
  readonly id: string;
  readonly title: string;
  readonly year: number;
  readonly watermarks: KernelTraits['watermarks'];
  readonly zonelistOrder: KernelTraits['zonelistOrder'];
  readonly splitGives: KernelTraits['splitGives'];
  readonly maxOrder: KernelTraits['maxOrder'];
  readonly binding: KernelTraits['binding'];
  readonly scheduler: KernelTraits['scheduler'];
  readonly nodeBalance: KernelTraits['nodeBalance'];
  readonly taskPlacement: KernelTraits['taskPlacement'];
  readonly perCpuSets: boolean;
  readonly structPage: StructPageLayout;
  readonly rmap: KernelTraits['rmap'];
  readonly anonRmap: KernelTraits['anonRmap'];
  readonly reclaim: KernelTraits['reclaim'];
  readonly lruLock: KernelTraits['lruLock'];
  readonly pagevecs: boolean;
  readonly kswapd: KernelTraits['kswapd'];
  readonly pageCache: KernelTraits['pageCache'];
  readonly pageAddress: KernelTraits['pageAddress'];
  readonly ptesByKmap: boolean;
  /** file_read_actor() and prepare_write() of 2.4: kmap(), as they may sleep. */
  readonly copiesByKmap: boolean;
  readonly requests: KernelTraits['requests'];
  readonly bouncePages: number;
  readonly bufferHeadBytes: number;
  readonly memLimit: KernelTraits['memLimit'];
  /** It reads `vmalloc=` (arch/i386/kernel/setup.c since 2.6.10), and `memfrac=` (mm/page_alloc.c of 2.4). */
  readonly readsVmalloc: boolean;
  readonly readsMemfrac: boolean;
  /** First virtual address of the persistent kmaps; kernels of 2.5 and later moved it down for more than 32 CPUs. */
  readonly pkmapBase: number;
  readonly pkmapBaseManyCpus: number;
  /** LAST_PKMAP with PAE (one page-table page of 8-byte entries) and without. */
  readonly lastPkmapPae: number;
  readonly lastPkmap: number;
  /** FIXADDR_TOP. */
  readonly fixmapTop: number;
}

const base: Flavour = {
  id: '2.4.18',
  title: 'Linux 2.4.18',
  year: 2002,
  watermarks: '2.4.22',
  zonelistOrder: '2.4.22',
  splitGives: 'upper',
  maxOrder: 10,
  binding: 'none',
  scheduler: '2.4',
  nodeBalance: 'none',
  taskPlacement: 'none',
  perCpuSets: false,
  structPage: '2.4',
  rmap: 'none',
  anonRmap: 'none',
  reclaim: '2.4.22',
  lruLock: 'global',
  pagevecs: false,
  kswapd: 'global',
  pageCache: 'hash',
  pageAddress: 'virtual',
  ptesByKmap: false,
  copiesByKmap: true,
  requests: 'buffer_head',
  bouncePages: 32,
  bufferHeadBytes: 96,
  memLimit: 'address',
  readsVmalloc: false,
  readsMemfrac: true,
  canObjrmap: false,
  canSharePageTables: false,
  can4g: false,
  highpte: 'never',
  kvaRemap: 'never',
  clusters: false,
  pkmapBase: 0xfe000000,
  pkmapBaseManyCpus: 0xfe000000,
  lastPkmapPae: 512,
  lastPkmap: 1024,
  fixmapTop: 0xffffe000,
};

/** A flavour like `from` but for the differences. */
function derive(from: Flavour, differences: Partial<Flavour> & Pick<Flavour, 'id' | 'title' | 'year'>): Flavour {
  return { ...from, ...differences };
}

const k2419aa = derive(base, {
  id: '2.4.19-pre1-aa1',
  title: 'Linux 2.4.19-pre1-aa1: page tables in highmem through a kmap pool of 1,024',
  year: 2002,
  highpte: 'on',
  ptesByKmap: true,
  lastPkmapPae: 1024,
});
const k2422 = derive(base, { id: '2.4.22', title: 'Linux 2.4.22', year: 2003 });
const rhel3 = derive(k2422, {
  id: '2.4.21-rhel3',
  title: 'Linux 2.4.21 of RHEL 3: rmap15, plenty mark, highpte',
  year: 2003,
  watermarks: 'rhel3',
  structPage: 'rhel3',
  rmap: 'pte_chain',
  anonRmap: 'pte_chain',
  reclaim: 'rmap15',
  lruLock: 'zone',
  scheduler: 'o1',
  can4g: true,
  highpte: 'on',
  pkmapBase: 0xff000000,
  pkmapBaseManyCpus: 0xff000000,
});
const k2559 = derive(k2422, {
  id: '2.5.59',
  title: 'Linux 2.5.59: 2.6 allocator, per-CPU page sets, node-local mem_map',
  year: 2003,
  watermarks: '2.6.0',
  zonelistOrder: '2.6.0',
  maxOrder: 11,
  perCpuSets: true,
  structPage: 'pte_chain',
  rmap: 'pte_chain',
  anonRmap: 'pte_chain',
  reclaim: '2.6.0',
  lruLock: 'zone',
  pagevecs: true,
  copiesByKmap: false,
  kswapd: 'node',
  pageCache: 'radix',
  pageAddress: 'hash',
  requests: 'bio',
  bouncePages: 64,
  bufferHeadBytes: 48,
  memLimit: 'size',
  readsMemfrac: false,
  highpte: 'optional',
  kvaRemap: 'on',
  binding: 'mem_setbinding',
  scheduler: 'o1',
  nodeBalance: '2.5.59',
  taskPlacement: 'exec',
  pkmapBase: 0xff800000,
  pkmapBaseManyCpus: 0xff600000,
  fixmapTop: 0xfffff000,
});
const k2562mjb = derive(k2559, {
  id: '2.5.62-mjb',
  title: 'Linux 2.5.62 with the -mjb patches',
  year: 2003,
  binding: 'shmbind',
  canObjrmap: true,
});
const k2563 = derive(k2562mjb, { id: '2.5.63', title: 'Linux 2.5.63', year: 2003, canObjrmap: false });
const k2565mm = derive(k2563, {
  id: '2.5.65-mm2',
  title: 'Linux 2.5.65-mm2: highpte (the kernel of the 64 GB box)',
  year: 2003,
  canSharePageTables: true,
  canObjrmap: true,
  highpte: 'on',
});
const k2566mm = derive(k2565mm, { id: '2.5.66-mm', title: 'Linux 2.5.66-mm', year: 2003, binding: 'membind' });
const k2566pgcl = derive(k2566mm, {
  id: '2.5.66-pgcl',
  title: 'Linux 2.5.66 with page clustering (pgcl)',
  year: 2003,
  clusters: true,
});
const k260 = derive(k2566mm, {
  id: '2.6.0',
  title: 'Linux 2.6.0: a pte chain in struct page',
  year: 2003,
  highpte: 'optional',
  binding: 'none',
  nodeBalance: '2.6.0',
  memLimit: 'address',
  canObjrmap: false,
  canSharePageTables: false,
});
const k267 = derive(k260, {
  id: '2.6.7',
  title: 'Linux 2.6.7: anon_vma, no pte chain in struct page; set_mempolicy and mbind',
  year: 2004,
  structPage: 'anon_vma',
  rmap: 'prio_tree',
  anonRmap: 'anon_vma',
  binding: 'mempolicy',
});
const k2611 = derive(k267, {
  id: '2.6.11',
  title: 'Linux 2.6.11: min_free_kbytes, lowmem_reserve, zonelists by distance, numastat',
  year: 2005,
  watermarks: '2.6.11',
  zonelistOrder: '2.6.11',
  splitGives: 'lower',
  readsVmalloc: true,
});
const k2625 = derive(k2611, { id: '2.6.25', title: 'Linux 2.6.25: 64-bit machines without highmem', year: 2008 });
const k2628 = derive(k2625, { id: '2.6.28', title: 'Linux 2.6.28', year: 2008 });

/** Every flavour, oldest kernel line first. */
export const flavours: readonly Flavour[] = [
  base,
  k2419aa,
  k2422,
  rhel3,
  k2559,
  k2562mjb,
  k2563,
  k2565mm,
  k2566mm,
  k2566pgcl,
  k260,
  k267,
  k2611,
  k2625,
  k2628,
];

/** The flavour of this id, or undefined. */
export function flavourById(id: string): Flavour | undefined {
  return flavours.find((flavour) => flavour.id === id);
}
