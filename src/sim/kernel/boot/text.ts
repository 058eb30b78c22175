/** Numbers as boot's messages and formulas write them. */
import { grouped } from '../../base/grouped.ts';
import { FRAME_BYTES, KIB, MIB } from '../../base/units.ts';

/** Bytes in MiB with one decimal: `628.0 MiB`. */
export function mib(bytes: number): string {
  return `${grouped(Math.floor(bytes / MIB))}.${Math.floor((bytes % MIB) / (MIB / 10))} MiB`;
}

/** Bytes in kB, rounded up: `90,116 kB`. */
export function kb(bytes: number): string {
  return `${grouped(Math.ceil(bytes / KIB))} kB`;
}

/** `1 page`, `2 pages`. */
export function pages(count: number): string {
  return `${grouped(count)} ${count === 1 ? 'page' : 'pages'}`;
}

/** A virtual address as the kernel prints it: eight hex digits. */
export function hex(address: number): string {
  return address.toString(16).padStart(8, '0');
}

/** Frames as MiB. */
export function framesAsMib(frames: number): string {
  return mib(frames * FRAME_BYTES);
}
