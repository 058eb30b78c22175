/**
 * sizeof(struct page) by the field lists of include/linux/mm.h of each kernel line. i386 sizes are arithmetic on those
 * lists (the 44 and 40 bytes are also what the boot logs of the 64 GB and 16 GB boxes give). No boot log of a 64-bit
 * machine was read: those sizes are the same lists with 8-byte words, and are marked assumed.
 */
import type { Flavour, StructPageLayout } from './flavours.ts';
import type { StructPage } from './traits.ts';

interface StructPageInputs {
  readonly bits: 32 | 64;
  readonly pae: boolean;
  /** 2.4 with CONFIG_HIGHMEM keeps each page's kernel address in `virtual`; pinned kmaps per CPU have no use for it. */
  readonly virtual: boolean;
  readonly highpte: boolean;
  /** A pte_chain for file or anonymous pages. */
  readonly chains: boolean;
}

/** Words and counters of each list, for 64-bit machines (no `virtual`, no highpte there). */
const BYTES_64: Readonly<Record<StructPageLayout, { bytes: number; why: string }>> = {
  '2.4': { bytes: 88, why: '2.4 fields with 8-byte words, without virtual: ten words and a padded count' },
  rhel3: { bytes: 104, why: 'rmap15 fields with 8-byte words, without virtual, age and count padded' },
  pte_chain: { bytes: 80, why: '2.6.0 fields with 8-byte words, count padded' },
  anon_vma: {
    bytes: 56,
    why: 'flags 8, _count 4, _mapcount 4, private and mapping 16, index 8, lru 16',
  },
};

function sizeOn32(layout: StructPageLayout, inputs: StructPageInputs): { bytes: number; why: string } {
  const wide = inputs.highpte && inputs.pae;
  switch (layout) {
    case '2.4':
      return inputs.virtual
        ? { bytes: 48, why: '2.4 with highmem: eleven words and virtual' }
        : { bytes: 44, why: '2.4 without persistent kmaps: eleven words, no virtual' };
    case 'rhel3':
      return {
        bytes: (wide ? 60 : 56) - (inputs.virtual ? 0 : 4),
        why: `rmap15${wide ? ' with highpte and PAE: pte_addr_t takes 8 bytes' : ': a pte chain and an age more than 2.4.22'}${inputs.virtual ? '' : ', no virtual'}`,
      };
    case 'pte_chain':
      return wide
        ? { bytes: 44, why: 'highpte and PAE: pte_addr_t takes 8 bytes' }
        : { bytes: 40, why: 'pte_addr_t takes 4 bytes, no virtual' };
    case 'anon_vma':
      return { bytes: 32, why: 'since 2.6.7 no pte chain in struct page' };
  }
}

/** What a pte_chain adds to lists that have none: a pointer, or a pte_addr_t where that is wider. */
function chainWord(layout: StructPageLayout, inputs: StructPageInputs): number {
  if (!inputs.chains || layout === 'rhel3' || layout === 'pte_chain') return 0;
  return inputs.bits === 64 || (inputs.highpte && inputs.pae) ? 8 : 4;
}

/** sizeof(struct page) in bytes, what makes it so, and whether that is assumed. */
export function structPageOf(flavour: Flavour, inputs: StructPageInputs): StructPage {
  const is64 = inputs.bits === 64;
  const { bytes, why } = is64 ? BYTES_64[flavour.structPage] : sizeOn32(flavour.structPage, inputs);
  const chain = chainWord(flavour.structPage, inputs);
  return {
    bytes: bytes + chain,
    why: `${is64 ? '64-bit: ' : ''}${why}${chain === 0 ? '' : `, and ${chain} more for a pte chain`}`,
    assumed: is64 || chain > 0,
  };
}
