/**
 * Prints what the size and the place of the kernel's text do: -O2 against -Os over sizes of L2 (where the sign changes,
 * and how far that moves with each assumed input), and one copy of the text against one a node. Published: the word
 * of the scalability call (Feb 2003) on -Os, without figures; Steiner on ia64 (no significant benefit of copies).
 * `node dist/bench/figures-text.bench.mjs 0.2` runs a scale.
 */
import { change, grouped, percent, printTable } from '../support/figures.ts';
import type { KernelSpec } from '../../src/sim/profiles/kernel-schema.ts';
import { assumed, copyFigures, smallOverFast, spanningFigures, type TextInputs } from '../support/text-figures.ts';

const SCALE = Number(process.argv[2] ?? 0.02);
const SIZES = [64, 128, 256, 512, 1024, 2048];
const LAYOUTS = 6;
/** Data of the program: none, and what fills a small L2. */
const DATA = [0, 32, 128];

/** An input 20 % smaller and larger; of factors of -Os, what they differ from 1 by. */
function variations(): readonly { readonly name: string; readonly inputs: TextInputs }[] {
  const made = [{ name: 'as assumed', inputs: assumed }];
  for (const [way, by] of [
    ['-20 %', 0.8],
    ['+20 %', 1.2],
  ] as const) {
    made.push({ name: `what -Os saves of text ${way}`, inputs: { ...assumed, text: 1 - (1 - assumed.text) * by } });
    made.push({
      name: `what -Os adds of instructions ${way}`,
      inputs: { ...assumed, instructions: 1 + (assumed.instructions - 1) * by },
    });
    made.push({
      name: `bytes of an instruction ${way}`,
      inputs: { ...assumed, bytesPerInstruction: assumed.bytesPerInstruction * by },
    });
    made.push({ name: `lengths of paths ${way}`, inputs: { ...assumed, paths: by } });
    made.push({ name: `L2 hit ${way}`, inputs: { ...assumed, l2HitNs: by } });
  }
  return made;
}

/** Where the sign changes, by a straight line over log2 of the size; the largest size at which it does. */
function crossing(values: readonly number[]): string {
  for (let at = SIZES.length - 1; at > 0; at--) {
    const [before, after] = [values[at - 1], values[at]];
    if (before === 0 || Math.sign(before) === Math.sign(after)) continue;
    const share = before / (before - after);
    return `${grouped(SIZES[at - 1] * 2 ** (share * Math.log2(SIZES[at] / SIZES[at - 1])))} KB`;
  }
  return values.every((value) => value > 0) ? 'none: -O2 always' : 'none: -Os always';
}

function compilers(): void {
  for (const cacheKiB of DATA) {
    const rows = variations().map(({ name, inputs }) => {
      const values = SIZES.map((l2KiB) => smallOverFast({ l2KiB, cacheKiB, scale: SCALE, inputs, layouts: LAYOUTS }));
      return [name, ...values.map((value) => percent(value)), crossing(values)];
    });
    const head = ['', ...SIZES.map((size) => `${size} KB`), 'sign changes at'];
    printTable(`time of -Os over -O2, gcc 2.95, system calls, ${cacheKiB} KB of data, by L2`, head, rows);
  }
}

function copies(): void {
  const loads = [
    {
      name: 'one program a CPU, 16 CPUs of 4 quads',
      of: (text: KernelSpec['kernelText']) => copyFigures(text, {}, SCALE),
    },
    {
      name: '3 programs with a thread on each of two quads',
      of: (text: KernelSpec['kernelText']) => spanningFigures(text, SCALE * 1e5),
    },
  ];
  for (const { name, of } of loads) {
    const texts = ['one', 'per-node', 'per-node-as-posted'] as const;
    const all = texts.map((text) => of(text));
    const rows = all.map(({ elapsedNs, systemNs, remote, switches }, at) => [
      texts[at],
      grouped(remote),
      grouped(switches),
      `${grouped(systemNs / 1e3)} us`,
      at === 0 ? '' : change(all[0].systemNs, systemNs),
      at === 0 ? '' : change(all[0].elapsedNs, elapsedNs),
    ]);
    const head = ['kernel text', 'remote fetches', 'pmds rewritten', 'system time', 'change', 'elapsed'];
    printTable(name, head, rows);
  }
  console.log('published for ia64: no significant benefit (Steiner)');
}

compilers();
copies();
