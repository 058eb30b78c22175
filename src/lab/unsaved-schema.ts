/** What a window has in its tabs, as it is kept without having been saved (unsaved.ts), and as it comes back. */
import { z } from 'zod';
import type { Checked, OpenedMachine } from './contract.ts';
import { handle, name } from './field-schemas.ts';

/** Names a window to the lab, made by the window itself: the same after its page was loaded again. */
export const windowIdSchema = z.string().regex(/^[0-9a-f-]{16,64}$/);

/** Names a tab of a window, made by the window: the same after its page was loaded again. */
export const tabIdSchema = z.string().regex(/^[0-9a-f-]{1,64}$/);

export const unsavedSchema = z.strictObject({
  window: windowIdSchema,
  tab: tabIdSchema,
  name,
  handle: handle.nullable(),
  /** The machine as it was opened or last saved. */
  saved: z.unknown(),
  /** The machine on the table; left out where that is the saved one. */
  profile: z.unknown().optional(),
});
/** What a window has in one of its tabs. */
export type UnsavedMachine = z.output<typeof unsavedSchema>;

/** What a window looks at, in its own words. */
export const lookedSchema = z.strictObject({
  screen: z.string().max(40),
  /** What is selected in each tab. */
  selected: z.record(tabIdSchema, z.string().max(80)),
});
export type Looked = z.output<typeof lookedSchema>;

export const keptTabsSchema = z.strictObject({
  window: windowIdSchema,
  /** In their order on the screen. */
  tabs: z.array(tabIdSchema).max(1000),
  /** The one that is looked at. */
  current: tabIdSchema,
  looked: lookedSchema.optional(),
});
/** Which tabs a window has. */
export type KeptTabs = z.output<typeof keptTabsSchema>;

/** A machine that was on the table when the lab ended without saving. */
export interface RecoveredMachine {
  /** Names its tab. */
  readonly tab: string;
  /** As it was opened or last saved. */
  readonly opened: OpenedMachine;
  /** With the unsaved changes; null where there were none. */
  readonly changed: Checked | null;
  /** ISO date of the last change that was kept. */
  readonly when: string;
}

/** The tabs of a window that ended without saving, in their order: none where nothing of it can be read. */
export interface RecoveredTabs {
  readonly tabs: readonly RecoveredMachine[];
  /** The tab that was looked at: one of `tabs`. */
  readonly current: string;
  /** As the window said it; null where it did not. */
  readonly looked: Looked | null;
  /** Names of side files that cannot be read, or are no machine here: they stay where they are. */
  readonly unread: readonly string[];
}
