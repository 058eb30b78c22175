/**
 * A profile as the text of its file: every field, defaults included, in the order of the schema, two spaces, and a
 * newline at the end. The same profile always gives the same bytes, and parseProfile() gives the same profile back.
 */
import { validateProfile } from './parse.ts';
import type { MachineProfile } from './schema.ts';

/**
 * The bytes of a profile's file. Throws InputError where the profile is not valid: what could not be opened again is
 * not written.
 */
export function formatProfile(profile: MachineProfile): string {
  const ordered = validateProfile(profile, profile.title);
  return `${JSON.stringify(ordered, null, 2)}\n`;
}
