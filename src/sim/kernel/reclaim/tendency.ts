/**
 * Whether refill_inactive_zone() takes pages that processes map: mm/vmscan.c of 2.6.0. Distress comes of the priority at
 * which the zone was last balanced, the mapped ratio is the machine's.
 */

/** DEF_PRIORITY of 2.6.0. */
export const DEF_PRIORITY = 12;

/** 0 for a zone without trouble, 100 for one in great trouble. */
export function distress(previousPriority: number): number {
  return 100 >> previousPriority;
}

/** True where mapped pages are taken: their share, the zone's distress and vm_swappiness come to 100. */
export function reclaimsMapped(
  mappedPages: number,
  totalPages: number,
  previousPriority: number,
  swappiness: number,
): boolean {
  const mappedRatio = Math.floor((mappedPages * 100) / totalPages);
  return Math.floor(mappedRatio / 2) + distress(previousPriority) + swappiness >= 100;
}
