/**
 * Which borders of a node's zones a person may move, and what they stand for: the DMA limit, the limit of low memory
 * (maxmem) and the end of the node's memory. Everything else follows from the boot. Pure.
 */
import type { BootLayout, NodeLayout } from '../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';

const FRAMES_PER_MIB = 256;

export interface Border {
  /** The path of the profile that the border sets, and its value in MiB. */
  readonly path: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The zone (place in the node's zones) on whose upper edge it is. */
  readonly above: number;
}

/** Borders of the node at `index`. */
export function bordersOf(profile: MachineProfile, layout: BootLayout, index: number): readonly Border[] {
  const node = layout.nodes[index];
  const spec = profile.machine.nodes[index];
  if (node === undefined || spec === undefined) return [];
  const borders: Border[] = [];
  const at = (name: string): number => node.zones.findLastIndex((zone) => zone.name === name);
  const dma = at('DMA');
  if (dma >= 0 && dma < node.zones.length - 1) {
    const max = Math.max(1, Math.floor(layout.maxLowPfn / FRAMES_PER_MIB) - 1);
    borders.push({
      path: 'zones.dmaLimitMiB',
      label: 'DMA limit',
      value: profile.zones.dmaLimitMiB,
      min: 1,
      max: Math.min(4096, max),
      step: 1,
      above: dma,
    });
  }
  const low = Math.max(dma, at('Normal'));
  if (profile.machine.bits === 32 && low >= 0 && at('HighMem') > low) {
    const value = Math.round(layout.maxmemPfn / FRAMES_PER_MIB);
    borders.push({
      path: 'zones.maxmemMiB',
      label: 'Limit of low memory (maxmem)',
      value,
      min: 1,
      max: 4096,
      step: 2,
      above: low,
    });
  }
  if (node.zones.length > 0) {
    const step = memoryStep(spec.memoryMiB);
    const max = Math.max(spec.memoryMiB, profile.machine.bits === 64 ? 2 ** 26 : profile.machine.pae ? 65536 : 4096);
    const top = node.zones.length - 1;
    borders.push({
      path: `machine.nodes[${index}].memoryMiB`,
      label: `Memory of node ${node.id}`,
      value: spec.memoryMiB,
      min: Math.min(step, spec.memoryMiB),
      max,
      step,
      above: top,
    });
  }
  return borders;
}

/** MiB: a thirty-second of the size, as a power of two: 256 MiB on a node of 8 GiB. */
export function memoryStep(memoryMiB: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, memoryMiB))) - 5);
}

/** A value on the border's own steps and within its limits. */
export function snapped(border: Border, value: number): number {
  const steps = Math.round(value / border.step) * border.step;
  return Math.min(border.max, Math.max(border.min, steps));
}

/** px of a drag over which a value doubles where zones are not to scale. */
const DOUBLING = 48;

/**
 * The value after a drag of `up` px. `mibPerPx` where zones are to scale, otherwise the value grows by its own share. Where
 * it began is `from` itself, which need not be on a step.
 */
export function dragged(border: Border, from: number, up: number, mibPerPx: number | null): number {
  if (up === 0) return from;
  return snapped(border, mibPerPx === null ? from * 2 ** (up / DOUBLING) : from + up * mibPerPx);
}

/** The value after a key, or null where the key does not move a border. */
export function keyed(border: Border, key: string): number | null {
  const moves: Readonly<Record<string, number>> = {
    ArrowUp: 1,
    ArrowRight: 1,
    ArrowDown: -1,
    ArrowLeft: -1,
    PageUp: 10,
    PageDown: -10,
  };
  if (key === 'Home') return border.min;
  if (key === 'End') return border.max;
  const move = moves[key];
  return move === undefined ? null : snapped(border, border.value + move * border.step);
}

/** Layout figures of a node that its card shows beside its zones. */
export function remapOf(node: NodeLayout): { readonly pages: number; readonly start: string } | null {
  return node.kvaPages === 0 ? null : { pages: node.kvaPages, start: `0x${node.kvaStart.toString(16)}` };
}
