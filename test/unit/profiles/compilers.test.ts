/** What is known of compilers, and what follows for boot. */
import { describe, expect, it } from 'vitest';
import { boot } from '../../../src/sim/kernel/boot/boot.ts';
import { builtInById } from '../../../src/sim/profiles/builtin/index.ts';
import { compiledKiB, compilerFigures } from '../../../src/sim/profiles/compilers.ts';
import { traitsOf } from '../../../src/sim/profiles/resolve.ts';
import { compilers, type KernelSpec } from '../../../src/sim/profiles/kernel-schema.ts';
import { profileSchema } from '../../../src/sim/profiles/schema.ts';

function bootedWith(kernel: Partial<KernelSpec>): ReturnType<typeof boot> {
  const plain = builtInById('numaq-16g-4quad')?.profile();
  const profile = profileSchema.parse({ ...plain, kernel: { ...plain?.kernel, ...kernel } });
  return boot(profile, traitsOf(profile.kernel, profile.machine));
}

const figuresOf = (
  compiler: KernelSpec['compiler'],
  optimisation: KernelSpec['optimisation'],
): ReturnType<typeof compilerFigures> => compilerFigures({ compiler, optimisation });

describe('compilers', () => {
  it('make more text with gcc 3.2 -Os than with gcc 2.95 -O2', () => {
    expect(figuresOf('gcc-3.2', '-Os').text).toBeGreaterThan(figuresOf('gcc-2.95', '-O2').text);
  });

  it('make slightly worse code in 3.2 than in 2.95, with either option', () => {
    for (const option of ['-O2', '-Os'] as const) {
      const worse = figuresOf('gcc-3.2', option).instructions / figuresOf('gcc-2.95', option).instructions;
      expect(worse).toBeGreaterThan(1);
      expect(worse).toBeLessThan(1.1);
    }
  });

  it('make less text and longer paths with -Os than with -O2', () => {
    for (const compiler of compilers) {
      const [fast, small] = [figuresOf(compiler, '-O2'), figuresOf(compiler, '-Os')];
      expect(small.text).toBeLessThan(fast.text);
      expect(small.instructions).toBeGreaterThan(fast.instructions);
    }
  });

  it('leave the published boxes as they are: their logs are of gcc 2.95 -O2', () => {
    expect(figuresOf('gcc-2.95', '-O2')).toEqual({ text: 1, instructions: 1, bytesPerInstruction: 3.5 });
  });
});

describe('the size of a kernel', () => {
  it('is codeKiB as its compiler makes it, to the KiB', () => {
    // 1,596 KiB x 0.805 = 1,284.78.
    const plain = builtInById('numaq-16g-4quad')?.profile().kernel;
    expect(plain?.codeKiB).toBe(1596);
    if (plain !== undefined) expect(compiledKiB({ ...plain, optimisation: '-Os' })).toBe(1285);
  });

  it('is what the profile says that came out, whatever the compiler is', () => {
    const plain = builtInById('numaq-16g-4quad')?.profile().kernel;
    const compiled = { text: 2, instructions: 1, bytesPerInstruction: 4 };
    if (plain !== undefined) expect(compiledKiB({ ...plain, optimisation: '-Os', compiled })).toBe(3192);
  });

  it('is taken of low memory', () => {
    const [small, large] = [bootedWith({ optimisation: '-Os' }), bootedWith({})];
    expect(small.meminfo.LowTotal - large.meminfo.LowTotal).toBeGreaterThanOrEqual(1596 - 1285 - 4);
    expect(small.meminfo.LowTotal - large.meminfo.LowTotal).toBeLessThanOrEqual(1596 - 1285 + 4);
    const code = (layout: typeof small): number | undefined =>
      layout.lowmemBudget.find(({ item }) => item === 'kernel code')?.bytes;
    expect(code(small)).toBe(1285 * 1024);
    expect(code(large)).toBe(1596 * 1024);
  });
});
