/** What the operating system says of a file, as a sentence for a person. */
import { InputError, type Issue } from '../sim/index.ts';

interface Sentence {
  readonly expected: string;
  readonly found: string;
}

const SENTENCES: Readonly<Record<string, Sentence>> = {
  ENOTDIR: { expected: 'a folder on the way to the file', found: 'a file' },
  EISDIR: { expected: 'a file', found: 'a folder' },
  EACCES: { expected: 'permission', found: 'access denied' },
  EPERM: { expected: 'permission', found: 'operation not permitted' },
  EROFS: { expected: 'a disk that can be written', found: 'a read-only disk' },
  ENOSPC: { expected: 'room on the disk', found: 'a full disk' },
  EDQUOT: { expected: 'room on the disk', found: 'a quota that is used up' },
  EFBIG: { expected: 'a smaller file', found: 'a file larger than the disk or a limit allows' },
  ENAMETOOLONG: { expected: 'a shorter file name', found: 'a name that is too long' },
  ELOOP: { expected: 'a file', found: 'symbolic links that lead in a circle' },
  EMFILE: { expected: 'a free file handle', found: 'too many open files' },
  ENFILE: { expected: 'a free file handle', found: 'too many open files' },
  EBUSY: { expected: 'a file nobody holds', found: 'a file that another program uses' },
  ETXTBSY: { expected: 'a file nobody runs', found: 'a program that is running' },
  EIO: { expected: 'a disk that works', found: 'an input/output error' },
  EINVAL: { expected: 'a file name the disk takes', found: 'one it refuses' },
  ENXIO: { expected: 'a file', found: 'a socket or device' },
};

/** The same code means another thing to a reader and to a writer. */
const MISSING = {
  read: { expected: 'a file', found: 'nothing under this name' },
  write: { expected: 'a folder that is there', found: 'none' },
};

/** The code of a system error, or an empty string for anything else. */
export function systemCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

/**
 * `error` of an attempt to read or write the file shown as `shown`, as an InputError; what is no system error is
 * returned as it is. `aftermath` says what became of the data: `The file as it was before is untouched.`
 */
export function fileError(error: unknown, shown: string, doing: 'read' | 'write', aftermath = ''): unknown {
  const code = systemCode(error);
  if (!/^E[A-Z0-9]+$/.test(code)) return error;
  const unknown = { expected: `a file that can be ${doing === 'read' ? 'read' : 'written'}`, found: code };
  const { expected, found } = code === 'ENOENT' ? MISSING[doing] : (SENTENCES[code] ?? unknown);
  const message = `cannot ${doing} it: expected ${expected}, found ${found} (${code})${aftermath === '' ? '' : `. ${aftermath}`}`;
  const issue: Issue = { code, path: '', expected, found, message };
  return new InputError(shown, [issue]);
}
