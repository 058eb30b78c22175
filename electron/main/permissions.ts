/** What the page may ask of the system: to put text on the clipboard (a table copied as CSV), and nothing else. */
import type { Session } from 'electron';

const ALLOWED: readonly string[] = ['clipboard-sanitized-write'];

/** Refuses every other permission. */
export function setupPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(ALLOWED.includes(permission)));
  session.setPermissionCheckHandler((_contents, permission) => ALLOWED.includes(permission));
}
