/**
 * Everything wrong with a profile that its schema cannot see, because it takes more than one field to see it. Such a
 * machine does not boot and has no tables; what is merely unusual is a message instead (messages.ts).
 */
import type { Issue } from '../../base/errors.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import { asBooted, commandLineIssues } from './command-line.ts';
import { makePlan } from './plan.ts';
import { addressIssues } from './validate-addresses.ts';
import { cpuIssues } from './validate-cpu.ts';
import { fabricIssues } from './validate-fabric.ts';
import { planIssues, spanIssues } from './validate-memory.ts';
import { referenceIssues } from './validate-references.ts';
import { textIssues } from './validate-text.ts';

/** More issues than this are not listed: nobody reads them. */
const MAX_ISSUES = 100;

/** The issues in the order of the file, at most a hundred; none for a machine that boot() can lay out. */
export function validate(written: MachineProfile, traits: KernelTraits): Issue[] {
  const words = commandLineIssues(written, traits);
  if (words.length > 0) return words;
  const profile = asBooted(written, traits);
  const { machine, zones } = profile;
  const addresses = machine.bits === 32 ? addressIssues(zones, traits) : [];
  const spans = spanIssues(machine);
  const fits = spans.length + addresses.length === 0 ? planIssues(makePlan(profile, traits)) : [];
  return [
    ...spans,
    ...fits,
    ...cpuIssues(machine),
    ...fabricIssues(machine),
    ...referenceIssues(profile),
    ...textIssues(profile),
    ...addresses,
  ].slice(0, MAX_ISSUES);
}
