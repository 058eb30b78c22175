/** A workload of the library: what it imitates, what its figures rest on, and a builder that makes a script of them. */
import type { MachineProfile } from '../../profiles/schema.ts';

/** A figure that a person may change. `source` says where the default comes from, or `assumed`. */
export type Parameter = NumberParameter | ChoiceParameter;

interface NumberParameter {
  readonly name: string;
  readonly description: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly unit?: string;
  readonly source: string;
}

interface ChoiceParameter {
  readonly name: string;
  readonly description: string;
  readonly value: string;
  readonly choices: readonly string[];
  readonly source: string;
}

/** Values by name: of every parameter, those left out by their default. */
export class Values {
  constructor(private readonly values: Readonly<Record<string, number | string>>) {}

  number(name: string): number {
    return Number(this.values[name]);
  }

  choice(name: string): string {
    return String(this.values[name]);
  }
}

/** What a workload may know of the machine. */
export interface MachineFacts {
  /** CPUs that the workload was given. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** User part of an address space. */
  readonly userBytes: number;
  /** What one page of page-table entries maps. */
  readonly ptePageBytes: number;
}

/** As a builder writes it: what the schema fills in may be left out. */
export type ScriptDraft = Readonly<Record<'programs' | 'start', unknown>> &
  Readonly<Partial<Record<'files' | 'segments' | 'images', unknown>>>;

export interface LibraryWorkload {
  readonly id: string;
  readonly title: string;
  /** One line for a list. */
  readonly description: string;
  /** What it imitates, and where it deviates. */
  readonly imitates: string;
  /** What `scale` makes smaller. */
  readonly scales: string;
  readonly parameters: readonly Parameter[];
  /** Programs, files and so on at `scale` (above 0, up to 1). */
  build(values: Values, scale: number, machine: MachineFacts): ScriptDraft;
}

export function factsOf({ machine, zones }: MachineProfile, cpus: number): MachineFacts {
  const mib = machine.nodes.reduce((sum, node) => sum + node.memoryMiB, 0);
  const ptePageBytes = (machine.pae || machine.bits === 64 ? 512 : 1024) * 4096;
  return { cpus, memoryBytes: mib * 2 ** 20, userBytes: zones.userSpaceMiB * 2 ** 20, ptePageBytes };
}

/** A count or size at a scale: a whole number, at least `least`. */
export function scaled(value: number, scale: number, least = 1): number {
  return Math.max(least, Math.round(value * scale));
}

/** Bytes at a scale, in whole pages. */
export function scaledBytes(bytes: number, scale: number, least = 4096): number {
  return Math.max(least, Math.ceil((bytes * scale) / 4096) * 4096);
}
