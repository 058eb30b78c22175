/** Ranges of the kernel's address space as pieces to scale. Pure. */
import type { AddressRange } from '../../../src/sim/kernel/boot/layout.ts';

const MIB = 2 ** 20;

/** Patterns of theme/Patterns.svelte, and what a legend calls them. */
export const KINDS: readonly {
  readonly kind: AddressRange['kind'];
  readonly label: string;
  readonly pattern: string;
}[] = [
  { kind: 'user', label: 'user', pattern: 'own-anon' },
  { kind: 'direct', label: 'direct map', pattern: 'own-cache' },
  { kind: 'window', label: 'KVA windows', pattern: 'own-memmap' },
  { kind: 'vmalloc', label: 'vmalloc', pattern: 'own-slab' },
  { kind: 'pkmap', label: 'pkmap', pattern: 'own-chain' },
  { kind: 'fixmap', label: 'fixmap', pattern: 'own-pt' },
  { kind: 'gap', label: 'nothing', pattern: 'own-hole' },
];

const PATTERNS: ReadonlyMap<AddressRange['kind'], string> = new Map(KINDS.map(({ kind, pattern }) => [kind, pattern]));

export interface Piece {
  readonly range: AddressRange;
  readonly pattern: string;
  readonly x: number;
  readonly width: number;
}

/** The ranges between two addresses on `width` pixels, to scale: what is under half a pixel is not seen here. */
export function piecesOf(ranges: readonly AddressRange[], from: number, to: number, width: number): Piece[] {
  const scale = width / (to - from);
  return ranges
    .filter((range) => range.end > from && range.start < to)
    .map((range) => {
      const x = (Math.max(from, range.start) - from) * scale;
      const end = (Math.min(to, range.end) - from) * scale;
      return { range, pattern: PATTERNS.get(range.kind) ?? 'own-hole', x, width: end - x };
    });
}

/** `0xc0000000`. */
export function addressText(address: number): string {
  return `0x${address.toString(16).padStart(8, '0')}`;
}

/** `3:1`, `2:2`, `3.5:0.5`, `4G/4G`, from the MiB that users have. */
export function splitText(userSpaceMiB: number): string {
  if (userSpaceMiB === 4096) return '4G/4G';
  const user = Number((userSpaceMiB / 1024).toFixed(2));
  return `${user}:${Number((4 - userSpaceMiB / 1024).toFixed(2))}`;
}

/** Where the kernel's own part begins: the end of the users', or of what is not mapped. */
export function kernelStart(ranges: readonly AddressRange[]): number {
  return ranges.find(({ kind }) => kind === 'direct')?.start ?? 0;
}

/** Addresses for a scale from `from` to `to`: a power of two apart, four to nine of them. */
export function addressTicks(from: number, to: number): number[] {
  let step = MIB;
  while ((to - from) / step > 8) step *= 2;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) ticks.push(at);
  return ticks;
}
