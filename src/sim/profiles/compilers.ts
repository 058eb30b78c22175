/**
 * What a kernel is compiled with: how much text comes out, and how many instructions a path through it takes, both as
 * factors of gcc 2.95 -O2, which the figures of profiles and of kernel/functions.ts are of.
 *
 * Three things are known (Linux scalability call, Feb 2003): gcc 3.2 -Os gives more text than gcc 2.95 -O2, gcc 3.2 makes
 * slightly worse code, and on large caches -O2 beats -Os. The rest is assumed, to be swept.
 */
import type { KernelSpec } from './kernel-schema.ts';

interface Factors {
  /** Bytes of text, of a path as of the whole. */
  readonly text: number;
  /** Instructions that a path executes. */
  readonly instructions: number;
}

export interface CompilerFigures extends Factors {
  readonly bytesPerInstruction: number;
}

/** Of the i386; assumed. */
const BYTES_PER_INSTRUCTION = 3.5;

type Compiler = KernelSpec['compiler'];
type Optimisation = KernelSpec['optimisation'];

/** Of a compiler's own -O2; assumed but for their order. */
const OF_COMPILER: Readonly<Record<Compiler, Factors>> = {
  'gcc-2.95': { text: 1, instructions: 1 },
  'gcc-3.2': { text: 1.26, instructions: 1.02 },
};
/**
 * Of -O2. Text as with gcc 4.0.2 (I. Molnar, linux-kernel, 28 Dec 2005: 3,286,166 of 4,080,998 bytes), assumed of older
 * ones; instructions assumed, so many that -O2 wins with an L2 of 2 MiB where any one input is a fifth off.
 */
const OF_OPTIMISATION: Readonly<Record<Optimisation, Factors>> = {
  '-O2': { text: 1, instructions: 1 },
  '-Os': { text: 0.805, instructions: 1.08 },
};

/** What a compiler with an option makes of the kernel, or what the profile says that it made. */
export function compilerFigures(kernel: Pick<KernelSpec, 'compiler' | 'optimisation' | 'compiled'>): CompilerFigures {
  if (kernel.compiled !== undefined) return kernel.compiled;
  const { text, instructions } = OF_COMPILER[kernel.compiler];
  const option = OF_OPTIMISATION[kernel.optimisation];
  return {
    text: text * option.text,
    instructions: instructions * option.instructions,
    bytesPerInstruction: BYTES_PER_INSTRUCTION,
  };
}

/** Size of the kernel's text as this profile compiles it, KiB: codeKiB is what gcc 2.95 -O2 makes. */
export function compiledKiB(kernel: KernelSpec): number {
  return Math.round(kernel.codeKiB * compilerFigures(kernel).text);
}
