/** What every field of the inspector works on: the machine, its schema, and the pickers that the registries fill. */
import { createContext } from 'svelte';
import type { FlavourSummary } from '../../../src/lab/contract.ts';
import type { Issue } from '../../../src/sim/base/errors.ts';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { SchemaNode } from './schema.ts';

/** The part of MachineState that fields use. */
interface InspectedMachine {
  readonly profile: MachineProfile | null;
  readonly layout: BootLayout | null;
  readonly assumed: readonly string[];
  readonly issues: readonly Issue[];
  valueAt(path: string): unknown;
  issuesAt(path: string): readonly Issue[];
  /** What its field shows was refused, and is not in force. */
  isRefused(path: string): boolean;
  edit(path: string, value: unknown, gesture?: string): Promise<boolean>;
  restore(path?: string): void;
}

interface InspectorContext {
  readonly machine: InspectedMachine;
  readonly schema: SchemaNode;
  readonly flavours: readonly FlavourSummary[];
  /** An issue as a sentence at the field of `path`. */
  readonly describe: (issue: Issue, path: string) => string;
}

export const [useInspector, setInspector] = createContext<InspectorContext>();
