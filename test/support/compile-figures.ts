/** Kernel compiles whose system times are compared: one kernel and its switches, one thing changed. */
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { type FigureRun, functionNs, reportOf, reportWithPeak } from './figures.ts';

const BOX = 'numaq-16g-4quad';

/** A compile of few objects that takes a fraction of a second: for tests. */
export const SMALL: FigureRun['parameters'] = { megaInstructions: 5, headers: 0 };

export interface CompileOrder {
  readonly kernel: Partial<MachineProfile['kernel']>;
  readonly jobs: number;
  readonly scale: number;
  readonly seed?: number;
  readonly parameters?: FigureRun['parameters'];
}

function runOf({ kernel, jobs, scale, seed = 0, parameters }: CompileOrder): FigureRun {
  return { builtIn: BOX, kernel, program: 'compile', parameters: { jobs, ...parameters }, scale, seed };
}

/** System time of a compile on 16 CPUs, and the part of it that faults took, ns. */
export function systemTimeOf(order: CompileOrder): { readonly systemNs: number; readonly faultNs: number } {
  const { systemNs, faultNs } = reportOf(runOf(order)).result.totals;
  return { systemNs, faultNs };
}

export interface CompileFigures {
  readonly elapsedNs: number;
  readonly systemNs: number;
  readonly removeRmapNs: number;
  readonly addRmapNs: number;
  /** Most pte_chain elements in use, those that CPUs keep in hand included. */
  readonly chains: number;
  /** Of zone.lru_lock and pagemap_lru_lock. */
  readonly lruAcquisitions: number;
}

export function compileFigures(order: CompileOrder): CompileFigures {
  const { report, peak } = reportWithPeak(runOf(order), 'pte_chain');
  const { elapsedNs, totals, proc } = report.result;
  const lru = (proc?.locks ?? []).filter(({ name }) => name.endsWith('lru_lock'));
  return {
    elapsedNs,
    systemNs: totals.systemNs,
    removeRmapNs: functionNs(report, 'page_remove_rmap'),
    addRmapNs: functionNs(report, 'page_add_rmap'),
    chains: peak,
    lruAcquisitions: lru.reduce((sum, { acquisitions }) => sum + acquisitions, 0),
  };
}
