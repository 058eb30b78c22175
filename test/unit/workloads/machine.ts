/** Machines as far as workloads know them, programs on them, and their references written out. */
import { builtInById } from '../../../src/sim/profiles/builtin/index.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { buildProgram } from '../../../src/sim/workloads/registry.ts';
import type { Program, ReferenceStream, WorkloadSpec } from '../../../src/sim/workloads/workload.ts';

export function builtIn(id: string): MachineProfile {
  const found = builtInById(id);
  if (found === undefined) throw new Error(`no built-in ${id}`);
  return found.profile();
}

export const numaq = builtIn('numaq-16g-4quad');
export const bits64 = builtIn('x86-64-2s');

export function pattern(
  id: string,
  fields: { cpus?: number[]; bytes?: number; references?: number } = {},
  profile: MachineProfile = numaq,
  seed = 1,
): Program {
  const spec: WorkloadSpec = {
    kind: 'pattern',
    pattern: id,
    cpus: [0, 1, 2, 3],
    startNs: 0,
    bytes: 65536,
    references: 1000,
    ...fields,
  };
  return buildProgram(spec, profile, () => undefined, 0, seed);
}

export interface Decoded {
  readonly address: number;
  readonly kind: number;
  readonly size: number;
}

/** Records of `stream` from `position` on, by the layout of trace.ts. */
export function decode(stream: ReferenceStream, position = 0, count = stream.records): Decoded[] {
  const words = new Uint32Array(2 * count);
  const got = stream.read(position, words);
  return Array.from({ length: got }, (_, i) => ({
    address: words[2 * i] + (words[2 * i + 1] >>> 14) * 2 ** 32,
    kind: words[2 * i + 1] & 3,
    size: (words[2 * i + 1] >>> 2) & 4095,
  }));
}
