/**
 * The kernel's functions as readprofile names them, and the instructions of each one's own straight path: what it takes
 * besides its references to memory, which go through the caches one by one. Instruction counts are assumed (no source
 * gives them); they are in this one table so that they can be swept. Callees charge their own.
 */
const paths = {
  /** Not the kernel: what the program itself takes. */
  user: 0,
  /** The CPU has nothing to run. */
  idle: 0,
  system_call: 80,
  do_page_fault: 120,
  handle_mm_fault: 60,
  do_anonymous_page: 70,
  do_no_page: 90,
  do_wp_page: 90,
  do_swap_page: 150,
  clear_page: 0,
  copy_page: 0,
  pte_alloc_map: 40,
  find_vma: 20,
  page_add_rmap: 25,
  page_remove_rmap: 25,
  page_referenced: 30,
  try_to_unmap: 40,
  rmqueue: 40,
  buffered_rmqueue: 30,
  free_hot_cold_page: 30,
  free_pages_bulk: 40,
  alloc_pages: 50,
  kmem_cache_alloc: 25,
  kmem_cache_free: 25,
  cache_grow: 150,
  try_to_free_pages: 100,
  shrink_zone: 60,
  shrink_cache: 60,
  shrink_list: 60,
  refill_inactive_zone: 60,
  kswapd: 60,
  swap_out: 80,
  balance_pgdat: 80,
  lru_cache_add: 15,
  do_mmap_pgoff: 200,
  do_munmap: 150,
  sys_mprotect: 120,
  do_mremap: 150,
  sys_remap_file_pages: 120,
  do_brk: 100,
  sys_mlock: 80,
  copy_mm: 200,
  copy_page_range: 40,
  do_fork: 600,
  do_exit: 300,
  do_execve: 1200,
  zap_pte_range: 30,
  unmap_vmas: 40,
  exit_mmap: 80,
  find_get_page: 30,
  add_to_page_cache: 40,
  remove_from_page_cache: 40,
  do_generic_mapping_read: 60,
  generic_file_write: 80,
  file_copy: 0,
  vmtruncate: 80,
  ipc_shm: 200,
  schedule: 120,
  /** One turn of 2.4's loop over runnable tasks is STEP.goodness. */
  reschedule_idle: 40,
  try_to_wake_up: 60,
  wake_up_forked_process: 60,
  scheduler_tick: 80,
  load_balance: 80,
  pull_task: 20,
  migration_thread: 120,
  find_busiest_node: 30,
  sched_balance_exec: 40,
  set_cpus_allowed: 60,
  flush_tlb: 20,
  kmap_high: 30,
  kunmap_high: 20,
  flush_all_zero_pkmaps: 40,
  kmap_atomic: 8,
  end_page_writeback: 25,
  mark_page_accessed: 10,
  activate_page: 20,
  lru_add_drain: 15,
  get_swap_page: 60,
  swap_free: 25,
  add_to_swap_cache: 40,
  read_swap_cache_async: 80,
  swap_writepage: 40,
  balance_dirty_pages: 80,
  pdflush: 60,
  writeback_inodes: 60,
  refill_inactive: 60,
  try_to_swap_out: 50,
  launder_page: 60,
  rebalance_laundry_zone: 60,
  rebalance_dirty_zone: 60,
  scan_active_list: 60,
  reclaim_page: 50,
  shrink_slab: 60,
  smp_invalidate_interrupt: 40,
  smp_call_function: 60,
  page_address: 15,
  kmap_pinned: 12,
  end_io: 120,
  create_empty_buffers: 30,
  user_page_walk: 30,
  switch_mm: 30,
  blk_submit: 200,
  bounce_copy: 60,
  pgd_alloc: 60,
  clear_page_tables: 20,
  tlb_finish_mmu: 20,
  share_page_range: 20,
  pte_try_to_share: 40,
  pte_unshare: 80,
  change_protection: 30,
  move_one_page: 30,
  copy_hugetlb_page_range: 30,
  unmap_hugepage_range: 30,
  sys_set_mempolicy: 80,
  sys_mbind: 120,
  sys_shmbind: 80,
  sys_membind: 100,
  sys_mem_setbinding: 60,
} as const;

export type KernelFunction = keyof typeof paths;

/** Names by number; a function's number is its place. */
export const functionNames = Object.keys(paths) as readonly KernelFunction[];
/** Number of each function by its name. */
export const FN = Object.fromEntries(functionNames.map((name, index) => [name, index])) as Readonly<
  Record<KernelFunction, number>
>;
/** Instructions of each function's own path, by number. */
export const pathLengths: Float64Array = Float64Array.from(functionNames, (name) => paths[name]);

/** Instructions of one turn of the loops that walk page tables, beside what its callees take; assumed, as the above. */
export const STEP = {
  /** An empty entry, or one passed over. */
  skip: 4,
  /** A pte copied by fork or unshare. */
  copy: 22,
  /** A pte cleared by unmap. */
  zap: 22,
  /** A pte with its protection changed. */
  protect: 10,
  /** An upper entry looked at, or copied by share_page_range(). */
  pmd: 8,
  /** A neighbour's pte filled by the same fault. */
  piece: 14,
  /** goodness() of a runnable task; a counter that is computed anew; a runqueue that is looked at. */
  goodness: 16,
  recalculate: 8,
  queue: 8,
} as const;
