/** Workloads made ready: the one place where a spec becomes a program. */
import { InputError, makeIssue } from '../base/errors.ts';
import { subSeed } from '../base/rng.ts';
import type { MachineProfile } from '../profiles/schema.ts';
import { scripted } from './library/library.ts';
import { findPattern, patterns } from './patterns.ts';
import { replay } from './replay.ts';
import { segmentProgram } from './segment/program.ts';
import type { TraceSource } from './trace.ts';
import { userSpaceOf } from './user-space.ts';
import type { Program, WorkloadSpec } from './workload.ts';

/**
 * The program of the workload `spec`, the run's number `index`. `traces` finds an opened trace by its SHA-256. Throws an
 * InputError at `workloads[index]` for an unknown trace, pattern or program, or one that does not fit the machine.
 */
export function buildProgram(
  spec: WorkloadSpec,
  profile: MachineProfile,
  traces: (sha256: string) => TraceSource | undefined,
  index: number,
  seed: number,
): Program {
  const path = `workloads[${index}]`;
  const user = userSpaceOf(profile);
  if (spec.kind === 'trace') {
    const source = traces(spec.trace.sha256);
    if (source !== undefined) return replay(spec, user, source, path);
    const found = `${spec.trace.name} (SHA-256 ${spec.trace.sha256.slice(0, 12)}...), which is not open`;
    throw new InputError('', [makeIssue('trace', `${path}.trace`, 'an opened trace', found)]);
  }
  if (spec.kind === 'program' || spec.kind === 'script') {
    return scripted(spec, profile, subSeed(seed, index), path);
  }
  if (spec.kind === 'segment') return segmentProgram(spec, profile, subSeed(seed, index), path);
  const pattern = findPattern(spec.pattern);
  if (pattern !== undefined) return pattern.build({ spec, user, seed: subSeed(seed, index), path });
  const expected = `one of ${patterns.map(({ id }) => id).join(', ')}`;
  throw new InputError('', [makeIssue('pattern', `${path}.pattern`, expected, spec.pattern)]);
}
