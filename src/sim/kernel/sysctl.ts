/** Knobs that may change while the kernel runs: /proc/sys/vm. Changes are events of the run. */
export interface Sysctls {
  /** 2.6: 0 to 100. */
  swappiness: number;
  lower_zone_protection: number;
  /** kB; -1 where the flavour has none. Setting it computes the marks anew. */
  min_free_kbytes: number;
  dirty_ratio: number;
  dirty_background_ratio: number;
}

export const sysctlNames = [
  'swappiness',
  'lower_zone_protection',
  'min_free_kbytes',
  'dirty_ratio',
  'dirty_background_ratio',
] as const satisfies readonly (keyof Sysctls)[];
