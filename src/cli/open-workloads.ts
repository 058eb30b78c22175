/** The workloads of a command line, with the files that they name. */
import type { MachineProfile, WorkloadSpec } from '../sim/index.ts';
import type { OpenTraces } from './open-traces.ts';
import { readScript } from './script-argument.ts';
import { readSegment } from './segment-argument.ts';
import { type Opened, type WorkloadOptions, workloadOf } from './workload-options.ts';

/** The workloads that the options mean, with their traces opened. */
export async function openWorkloads(
  workloads: readonly WorkloadOptions[],
  profile: MachineProfile,
  traces: OpenTraces,
): Promise<readonly WorkloadSpec[]> {
  const specs = [];
  for (const workload of workloads) specs.push(workloadOf(workload, profile, await open(workload, traces)));
  return specs;
}

/** The files that a workload's options name. */
async function open(options: WorkloadOptions, traces: OpenTraces): Promise<Opened> {
  const { trace, script, segment, lackeySizes } = options;
  if (trace !== undefined) return { trace: await traces.open(trace, lackeySizes) };
  if (segment !== undefined) return { segment: await readSegment(segment) };
  return script === undefined ? {} : { script: await readScript(script) };
}
