/**
 * Where each function of the kernel lies in its text: the bytes of its own path (functions.ts), and between the functions
 * the text that is not on these paths, so that the whole is as large as the kernel image. Functions lie in the order of
 * their table, each at the start of 32 bytes; how much cold text follows each is drawn with a fixed seed.
 *
 * Deviations: a path is one run of bytes without cold text within it; kernels align functions to 16 bytes (-O2) or not at
 * all (-Os).
 */
import { hashAt } from '../../base/rng.ts';
import { FRAME_BYTES, GRANULE_SHIFT, type KAddr, kaddr } from '../../base/units.ts';

const GRANULE = 1 << GRANULE_SHIFT;
const SEED = 0x7e87;

/** Where functions lie in one copy of the text, and what is fetched of each. */
export interface MappedText {
  /** Where each function's path begins, by number. */
  readonly at: Int32Array;
  /** Granules of 32 bytes of each function's path; 0 where it has none. */
  readonly granules: Int32Array;
}

export class TextLayout {
  /** Granules of each function's path. */
  readonly granules: Int32Array;
  /** Granules before each function. */
  private readonly offsets: Int32Array;

  /** `pathBytes`: of each function, by number; `bytes`: of the whole text. A text shorter than its paths is these. */
  constructor(pathBytes: readonly number[], bytes: number) {
    this.granules = Int32Array.from(pathBytes, (path) => Math.ceil(path / GRANULE));
    const hot = this.granules.reduce((sum, granules) => sum + granules, 0);
    const cold = Math.max(0, Math.floor(bytes / GRANULE) - hot);
    const shares = pathBytes.map((_, fn) => hashAt(SEED, fn));
    const all = shares.reduce((sum, each) => sum + each, 0);
    this.offsets = new Int32Array(pathBytes.length);
    let passed = 0;
    let before = 0;
    for (let fn = 0; fn < pathBytes.length; fn++) {
      this.offsets[fn] = before + Math.floor((cold * passed) / all);
      before += this.granules[fn];
      passed += shares[fn];
    }
  }

  /** Frames from the first function's start to the end of the last one's path. */
  get frames(): number {
    const last = this.offsets.length - 1;
    return Math.ceil(((this.offsets[last] + this.granules[last]) * GRANULE) / FRAME_BYTES);
  }

  /**
   * A copy of the text in the frames whose slots `slotOf` gives. A path that would lie across a border of slots (every
   * 8 MiB) begins behind it.
   */
  map(slotOf: (frame: number) => number): MappedText {
    const { offsets, granules } = this;
    const perFrame = FRAME_BYTES / GRANULE;
    const place = (granule: number): KAddr =>
      kaddr(slotOf(Math.floor(granule / perFrame)), (granule % perFrame) * GRANULE);
    const at = offsets.map((offset, fn) => {
      const first = place(offset);
      const last = offset + Math.max(0, granules[fn] - 1);
      if (place(last) - first === last - offset) return first;
      return place(last - (last % perFrame));
    });
    return { at, granules };
  }
}
