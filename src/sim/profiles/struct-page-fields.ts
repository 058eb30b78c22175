/**
 * Where the fields of struct page lie that the kernel's paths touch, by include/linux/mm.h of 2.4.22, 2.4.21-rhel3, 2.6.0 and
 * 2.6.7: one of 40 bytes takes two lines of 32, so that a look at the flags and one at the reverse map's word are looks at two lines.
 * Offsets of 64-bit machines are the same lists with 8-byte words, as their sizes (struct-page.ts) are.
 */
import { flavourById, type StructPageLayout } from './flavours.ts';
import type { KernelTraits } from './traits.ts';

/** Bytes from the start of struct page. */
export interface StructPageFields {
  /** `flags`, with the count in the same line. */
  readonly flags: number;
  /** `mapping` and `index`. */
  readonly mapping: number;
  /**
   * The link of free lists, per-CPU sets and an address_space's pages: `list`, since 2.6.7 `lru`. Deviation: an address_space of
   * 2.6.7 has no such list, and its pages are linked all the same; 32 bytes a struct page, that is the line of `mapping`.
   */
  readonly list: number;
  readonly lru: number;
  /** What the reverse map keeps: a pte or a chain, or the number of mappings. */
  readonly pte: number;
}

/** Lists without a reverse map of their own get a chain's word at their end. */
const FIELDS_32: Readonly<Record<StructPageLayout, StructPageFields>> = {
  '2.4': { flags: 24, mapping: 8, list: 0, lru: 28, pte: 44 },
  rhel3: { flags: 24, mapping: 8, list: 0, lru: 28, pte: 36 },
  pte_chain: { flags: 0, mapping: 16, list: 8, lru: 24, pte: 32 },
  anon_vma: { flags: 0, mapping: 16, list: 24, lru: 24, pte: 8 },
};

const FIELDS_64: Readonly<Record<StructPageLayout, StructPageFields>> = {
  '2.4': { flags: 48, mapping: 16, list: 0, lru: 56, pte: 88 },
  rhel3: { flags: 48, mapping: 16, list: 0, lru: 56, pte: 72 },
  pte_chain: { flags: 0, mapping: 32, list: 16, lru: 48, pte: 64 },
  anon_vma: { flags: 0, mapping: 24, list: 40, lru: 40, pte: 12 },
};

/** Of a kernel; of 2.6.0 where the flavour is not known. */
export function structPageFields(traits: KernelTraits, bits: 32 | 64): StructPageFields {
  const layout = flavourById(traits.flavour)?.structPage ?? 'pte_chain';
  const fields = (bits === 64 ? FIELDS_64 : FIELDS_32)[layout];
  const last = traits.structPage.bytes - (bits === 64 ? 8 : 4);
  const chained = traits.rmap === 'pte_chain' || traits.anonRmap === 'pte_chain';
  const pte = layout === 'anon_vma' && chained ? (bits === 64 ? 56 : 32) : fields.pte;
  // A size set by hand may be less than the fields take.
  return {
    flags: Math.min(fields.flags, last),
    mapping: Math.min(fields.mapping, last),
    list: Math.min(fields.list, last),
    lru: Math.min(fields.lru, last),
    pte: Math.min(pte, last),
  };
}
