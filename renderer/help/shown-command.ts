/** Which command line shows what the window shows now, from its state. */
import { cpuCountOf, whyNotRun } from '../panels/runbar/run-request.ts';
import type { Lab } from '../state/lab.svelte.ts';
import type { MachineState } from '../state/machine.svelte.ts';
import type { Run } from '../state/runs.svelte.ts';
import {
  bootLine,
  type CommandLine,
  joined,
  type KnownDesigns,
  machinesLine,
  type MachineWords,
  runLine,
  segmentLine,
  settings,
  xrayLine,
} from './command-line.ts';

/** A new machine begins as this built-in one. */
const TEMPLATE = 'numaq-4g-4quad';

type Profile = Run['start']['profile'];

/** A machine by its own name and edits. */
function named({ catalogue }: Lab, { handle, name, saved }: MachineState, profile: Profile): MachineWords | null {
  if (saved === null) return null;
  const builtIn = catalogue.machines.some(({ id }) => id === name);
  return { name: handle === null && !builtIn ? TEMPLATE : name, base: saved, profile };
}

function designsOf(lab: Lab): KnownDesigns {
  const known = lab.segment.catalogue?.designs ?? [];
  return {
    idOf: (design) => known.find((one) => JSON.stringify(one.design) === JSON.stringify(design))?.id ?? null,
  };
}

function ofRun(lab: Lab, run: Run): CommandLine | null {
  const { profile, workloads, seed } = run.start;
  // Of the machines that are open the one that the run's is nearest to.
  const all = lab.tabs.list.flatMap(({ machine }) => named(lab, machine, profile) ?? []);
  const sets = ({ base }: MachineWords): number => settings(base, profile).length;
  const [nearest] = all.sort((a, b) => sets(a) - sets(b));
  return nearest === undefined ? null : runLine(nearest, workloads, seed, designsOf(lab));
}

/** The command line of what is shown; that of the built-in machines where nothing else is. */
export function shownCommand(lab: Lab): CommandLine {
  return commandOf(lab) ?? machinesLine();
}

function commandOf(lab: Lab): CommandLine | null {
  const { machine, runs, view, workload, segment, xray, compare } = lab;
  const { profile } = machine;
  if (view.screen === 'start') return null;
  if (view.screen === 'compare') {
    const shown = compare.runs.flatMap((run) => ofRun(lab, run) ?? []);
    return shown.length === 0 ? null : joined(shown);
  }
  if (view.screen === 'runs') return runs.current === null ? null : ofRun(lab, runs.current);
  const words = profile === null ? null : named(lab, machine, profile);
  if (words === null || profile === null) return null;
  switch (view.screen) {
    case 'lowMemory':
      return bootLine(words);
    case 'xray':
      return xrayLine(words, xray.request);
    case 'segment':
      return segment.valid === null ? null : segmentLine(words, segment.valid, workload.segmentScale, designsOf(lab));
    default: {
      const run = runs.current;
      if (run !== null && run.start.profile === profile) return ofRun(lab, run);
      if (whyNotRun(machine, workload) !== null) return bootLine(words);
      return runLine(words, workload.specs(cpuCountOf(profile)), workload.seed, designsOf(lab));
    }
  }
}
