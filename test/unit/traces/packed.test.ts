import { describe, expect, it } from 'vitest';
import {
  FOOTER_BYTES,
  checkHeader,
  decodeFooter,
  decodeRegions,
  encodeFooter,
  encodeHeader,
  encodeRegions,
  isPacked,
} from '../../../src/sim/interop/packed.ts';
import { complaint } from './collect.ts';

const regions = [
  { base: 0xffffffff81, touchedStart: 16, touchedEnd: 2 ** 24 },
  { base: 4, touchedStart: 0, touchedEnd: 1 },
];
const info = {
  records: 2 ** 33 + 5,
  kinds: [1, 2 ** 33, 3, 1] as const,
  regions,
  sha256: '0123456789abcdef'.repeat(4),
};
const fileBytes = 32 + 8 * info.records + 16 * regions.length + FOOTER_BYTES;

describe('the packed form', () => {
  it('begins with its name, version and sizes', () => {
    const header = encodeHeader();
    expect(Buffer.from(header).toString('latin1', 0, 8)).toBe('NUMAQTRC');
    expect([...header.subarray(8)]).toEqual([
      1,
      0,
      0,
      0,
      32,
      0,
      0,
      0,
      8,
      0,
      0,
      0,
      24,
      ...new Array<number>(11).fill(0),
    ]);
    expect(isPacked(header)).toBe(true);
    expect(isPacked(header.subarray(0, 7))).toBe(false);
  });

  it('gives back regions and footer, with counts beyond 32 bits', () => {
    expect(decodeRegions(encodeRegions(regions))).toEqual(regions);
    const { records, kinds, sha256 } = info;
    expect(decodeFooter(encodeFooter(info), fileBytes, 'a.trace')).toEqual({
      records,
      kinds,
      sha256,
      regionCount: 2,
      regionsOffset: 32 + 8 * info.records,
    });
  });

  it('says that a newer version is newer', () => {
    const header = encodeHeader();
    header[8] = 3;
    expect(complaint(() => checkHeader(header, 'a.trace'))).toBe(
      'InputError: a.trace: byte 8: made by a newer NUMA-Q Lab (version 3; this one reads up to 1)',
    );
  });

  it('refuses a damaged header and a damaged footer, whichever byte it is', () => {
    for (let at = 0; at < 32; at++) {
      const header = encodeHeader();
      header[at] ^= 0x10;
      expect(
        complaint(() => checkHeader(header, 'a.trace')),
        `byte ${at}`,
      ).toContain('InputError: a.trace: byte ');
    }
    for (let at = 0; at < FOOTER_BYTES; at++) {
      const footer = encodeFooter(info);
      footer[at] ^= 0x10;
      expect(
        complaint(() => decodeFooter(footer, fileBytes, 'a.trace')),
        `byte ${at}`,
      ).toContain('InputError: a.trace: ');
    }
  });

  it('refuses a file of another length than its footer says', () => {
    expect(complaint(() => decodeFooter(encodeFooter(info), fileBytes - 8, 'a.trace'))).toBe(
      `InputError: a.trace: expected ${fileBytes} bytes, as its footer says, found ${fileBytes - 8}: the file is damaged`,
    );
  });
});
