/** What a built-in machine is: a profile with a line for the picker. The profile is made when it is asked for. */
import { validateProfile } from '../parse.ts';
import type { MachineProfile, MachineProfileInput } from '../schema.ts';

export interface BuiltIn {
  readonly id: string;
  readonly title: string;
  /** One line: what it is and why one would open it. */
  readonly line: string;
  /** Where its figures come from, in two words. */
  readonly basis: 'boot log' | 'measured' | 'published' | 'assumed';
  readonly year: string;
  /** A fresh copy each time: nobody else's to change. */
  profile(): MachineProfile;
}

/** What a built-in machine says of itself beside its title. */
export type Body = Omit<MachineProfileInput, 'format' | 'version' | 'title'>;

/** A registry entry from what its file says of it. The title is the profile's. */
export function builtIn(entry: Omit<BuiltIn, 'profile'>, make: () => Body): BuiltIn {
  return {
    ...entry,
    profile: () =>
      validateProfile({ format: 'numaq-lab/machine', version: 1, title: entry.title, ...make() }, entry.id),
  };
}
