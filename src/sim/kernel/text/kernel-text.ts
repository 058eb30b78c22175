/**
 * The kernel's text: what its functions take up of low memory, and what of it a CPU fetches when it enters one (cpu.ts).
 * Text is part of the kernel image, in large global pages: its fetches go through L1I and L2 but no TLB. Source of what
 * is fetched: functions.ts (assumed path lengths) and profiles/compilers.ts.
 *
 * Deviations: the whole path of a function is fetched at once when it is entered, also where its callees would come in
 * between; loops within it (work()) fetch nothing anew. A kernel whose profile gives it no code has no text to fetch, and
 * neither has a machine without an L1I or that does not fetch.
 */
import { asPfn, FRAME_BYTES, KIB } from '../../base/units.ts';
import type { Frames } from '../../hardware/frames.ts';
import { compiledKiB, compilerFigures } from '../../profiles/compilers.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import { textPlace } from '../boot/data-places.ts';
import type { BootLayout } from '../boot/layout.ts';
import { pathLengths } from '../functions.ts';
import { type MappedText, TextLayout } from './text-layout.ts';

export class KernelText {
  /** Bytes of the text as compiled. */
  readonly bytes: number;
  /** Time of an instruction of the kernel, ns: a compiler's longer paths are slower instructions. */
  readonly instructionNs: number;
  /** Where functions lie within the text; undefined where nothing is fetched. */
  readonly layout: TextLayout | undefined;
  /** The image that was booted; undefined where nothing is fetched. */
  readonly source: MappedText | undefined;
  /** Place of the node that the image lies on. */
  readonly home: number;

  constructor(profile: MachineProfile, boot: BootLayout, frames: Frames) {
    const { kernel, machine } = profile;
    const figures = compilerFigures(kernel);
    this.bytes = compiledKiB(kernel) * KIB;
    this.instructionNs = machine.cpu.instructionNs * figures.instructions;
    const { place, pfn, frames: room } = textPlace(profile, boot);
    this.home = place;
    const { l1i, instructions } = machine.cpu;
    if (this.bytes === 0 || l1i === undefined || instructions !== 'fetch') return;
    const bytesOf = (length: number): number => length * figures.bytesPerInstruction * figures.text;
    const paths = Array.from(pathLengths, bytesOf);
    this.layout = new TextLayout(paths, Math.min(this.bytes, room * FRAME_BYTES));
    this.source = this.layout.map((frame) => frames.slotOf(place, asPfn(pfn + Math.min(frame, room - 1))));
  }
}
