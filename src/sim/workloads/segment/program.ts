/** A designed segment made ready to run: its design at its scale, as a script on the workload's CPUs. */
import { InputError, makeIssue } from '../../base/errors.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import type { Program, SegmentWorkload } from '../workload.ts';
import { refuseIssues } from './issues.ts';
import { segmentMachineOf } from './machine.ts';
import { segmentCpus } from './places.ts';
import { scaledDesign, segmentScript } from './script.ts';

/** `path` is the workload's place in the run. Throws an InputError for a design that does not fit the machine or the CPUs. */
export function segmentProgram(
  { design, cpus, startNs, scale }: SegmentWorkload,
  profile: MachineProfile,
  seed: number,
  path: string,
): Program {
  const machine = segmentMachineOf(profile);
  refuseIssues(design, machine, `${path}.design`);
  const missing = segmentCpus(design, machine).find((cpu) => !cpus.includes(cpu));
  if (missing !== undefined) {
    const expected = `every CPU that the design names (${missing} is not among them)`;
    throw new InputError('', [makeIssue('no-cpu', `${path}.cpus`, expected, cpus.slice(0, 32).join(', '))]);
  }
  const script = segmentScript(scaledDesign(design, scale, machine), machine, cpus, `${path}.design`);
  return { title: script.title, streams: [], addressSpaces: [], scripted: { script, cpus, startNs, seed } };
}
