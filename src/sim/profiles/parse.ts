/**
 * The door by which machine profiles come in: JSON, format and version, migration, schema, flavour. Whatever is wrong
 * comes back as one InputError with every issue; nothing is half read.
 */
import { InputError, makeIssue, type Issue } from '../base/errors.ts';
import { describeValue } from './describe.ts';
import { issuesOf } from './issues.ts';
import { jsonFault, placeOf } from './json-fault.ts';
import { isJsonObject, migrate } from './migrate.ts';
import { flavourIssue } from './resolve.ts';
import { PROFILE_FORMAT, PROFILE_VERSION, profileSchema, type MachineProfile } from './schema.ts';

/** A machine file's text to a profile. `source` names the file in messages. Throws InputError with every issue. */
export function parseProfile(text: string, source: string): MachineProfile {
  return validateProfile(readJson(text, source), source);
}

/** An object (JSON as parsed, or built by hand) to a profile with every default filled in. Throws InputError with every issue. */
export function validateProfile(value: unknown, source: string): MachineProfile {
  if (!isJsonObject(value))
    throw refuse(source, makeIssue('invalid', '', 'a machine profile (a JSON object)', describeValue(value)));
  const current = migrate(value, versionOf(value, source), source);
  const parsed = profileSchema.safeParse(current);
  const issues = parsed.success ? [] : issuesOf(parsed.error, current);
  const flavour = isJsonObject(current.kernel) ? current.kernel.flavour : undefined;
  const unknown = typeof flavour === 'string' && flavour.length > 0 ? flavourIssue(flavour) : undefined;
  if (unknown !== undefined && !issues.some((issue) => issue.path === unknown.path)) issues.push(unknown);
  if (!parsed.success || issues.length > 0) throw new InputError(source, issues);
  return parsed.data;
}

function refuse(source: string, issue: Issue): InputError {
  return new InputError(source, [issue]);
}

function versionOf(value: Readonly<Record<string, unknown>>, source: string): number {
  if (value.format !== PROFILE_FORMAT) {
    throw refuse(source, makeIssue('format', 'format', JSON.stringify(PROFILE_FORMAT), describeValue(value.format)));
  }
  const version = value.version;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) {
    throw refuse(
      source,
      makeIssue('version', 'version', `a version from 0 to ${PROFILE_VERSION}`, describeValue(version)),
    );
  }
  if (version > PROFILE_VERSION) {
    const issue = makeIssue('newer', 'version', `a version up to ${PROFILE_VERSION}`, String(version));
    const message = `made by a newer NUMA-Q Lab (version ${version}; this one reads up to ${PROFILE_VERSION})`;
    throw refuse(source, { ...issue, message });
  }
  return version;
}

function readJson(text: string, source: string): unknown {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const fault = jsonFault(body);
  if (fault !== undefined) {
    const { line, column } = placeOf(body, fault.offset);
    throw refuse(source, makeIssue('json', `line ${line}, column ${column}`, fault.expected, fault.found));
  }
  // JSON knows -0, but no quantity of a machine is: written back it would read as 0 and differ.
  return JSON.parse(body, (_key, item: unknown) => (item === 0 ? 0 : item));
}
