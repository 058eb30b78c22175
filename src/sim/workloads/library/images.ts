/**
 * Program images of a distribution of 2002 (gcc 2.95, glibc 2.2, i386): sizes in bytes, rounded. All assumed: no source
 * of the lab's figures states them.
 */
import { KIB, MIB } from '../../base/units.ts';

export interface ImageDraft {
  readonly file: string;
  readonly textBytes: number;
  readonly dataBytes: number;
  readonly bssBytes: number;
  readonly libraries: readonly { readonly file: string; readonly textBytes: number; readonly dataBytes: number }[];
  readonly stackBytes: number;
}

const libc = { file: 'lib/libc-2.2.5.so', textBytes: 1140 * KIB, dataBytes: 32 * KIB };
const ld = { file: 'lib/ld-2.2.5.so', textBytes: 76 * KIB, dataBytes: 4 * KIB };

function image(file: string, textBytes: number, dataBytes: number, bssBytes: number): ImageDraft {
  return { file, textBytes, dataBytes, bssBytes, libraries: [ld, libc], stackBytes: 8 * KIB };
}

export const shellImage = image('bin/bash', 496 * KIB, 24 * KIB, 20 * KIB);
export const commandImage = image('bin/expr', 12 * KIB, 4 * KIB, 4 * KIB);
export const makeImage = image('usr/bin/make', 132 * KIB, 8 * KIB, 12 * KIB);
export const driverImage = image('usr/bin/gcc', 72 * KIB, 8 * KIB, 4 * KIB);
export const compilerImage = image('usr/lib/gcc-lib/cc1', 1600 * KIB, 36 * KIB, 360 * KIB);
export const assemblerImage = image('usr/bin/as', 240 * KIB, 16 * KIB, 24 * KIB);
export const linkerImage = image('usr/bin/ld', 200 * KIB, 8 * KIB, 8 * KIB);
export const serverImage = image('opt/db/bin/server', 24 * MIB, 512 * KIB, 1 * MIB);
export const benchImage = image('usr/local/bin/bench', 64 * KIB, 8 * KIB, 64 * KIB);

/** What any program does when it begins: libraries are linked, its own data and stack are written. */
export function startUp(share: number): readonly object[] {
  return [
    { op: 'touch', region: 'lib0' },
    { op: 'touch', region: 'lib0.data', write: true },
    { op: 'touch', region: 'lib1', bytes: pages(libc.textBytes * share) },
    { op: 'touch', region: 'lib1.data', bytes: 12 * KIB, write: true },
    { op: 'touch', region: 'stack', write: true },
    { op: 'touch', region: 'data', bytes: 4 * KIB, write: true },
  ];
}

/** Bytes in whole pages (of 4 KiB, or of `page` bytes), at least one. */
export const pages = (bytes: number, page = 4096): number => Math.max(1, Math.ceil(bytes / page)) * page;
