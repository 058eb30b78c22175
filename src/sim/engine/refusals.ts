/** What a run is refused for before it begins. */
import { InputError, makeIssue } from '../base/errors.ts';
import type { BootLayout } from '../kernel/boot/layout.ts';
import type { Program } from '../workloads/workload.ts';

/** A machine without a TLB has no kernel that a script could ask. */
export function refuseScripts(programs: readonly Program[]): void {
  const place = programs.findIndex(({ scripted }) => scripted !== undefined);
  if (place < 0) return;
  const expected = 'a trace or a pattern: this machine has no kernel';
  throw new InputError('', [makeIssue('no-kernel', `workloads[${place}]`, expected, 'tasks')]);
}

export function refuseBroken(layout: BootLayout): void {
  if (layout.issues.length > 0) throw new InputError('', layout.issues);
  if (layout.boots) return;
  const found = layout.failure?.message ?? 'it does not';
  throw new InputError('', [makeIssue('does-not-boot', '', 'a machine that boots', found)]);
}
