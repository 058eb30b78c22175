/** The masks whose requests can be laid open. */
import type { XrayMask } from '../../../src/sim/kernel/alloc/xray.ts';

export const MASKS: readonly { readonly id: XrayMask; readonly words: string }[] = [
  { id: 'GFP_HIGHUSER', words: 'for a program' },
  { id: 'GFP_KERNEL', words: 'for the kernel' },
  { id: 'GFP_ATOMIC', words: 'for the kernel, at once' },
  { id: 'GFP_DMA', words: 'for a device' },
];
