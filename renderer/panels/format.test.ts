import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatExact,
  formatNumber,
  formatPages,
  formatRanges,
  formatShare,
  formatShort,
  formatTime,
} from './format.ts';
import { parseQuantity, parseRanges } from './parse.ts';

describe('numbers', () => {
  it('have thousands by comma, decimals by point and a true minus', () => {
    expect(formatNumber(2_074_112)).toBe('2,074,112');
    expect(formatNumber(-1234.5, 1)).toBe('\u22121,234.5');
    expect(formatNumber(999)).toBe('999');
  });

  it('never show a minus before nothing', () => {
    expect(formatNumber(-0.001, 1)).toBe('0.0');
  });

  it('in a field lose no digit', () => {
    expect(formatExact(141.5)).toBe('141.5');
    expect(formatExact(0.0000001)).toBe('1e\u22127');
    expect(formatExact(67_108_864)).toBe('67,108,864');
  });

  it('that are unknown are an en dash', () => {
    expect(formatNumber(Number.NaN)).toBe('\u2013');
    expect(formatBytes(Infinity)).toBe('\u2013');
  });
});

describe('memory and time', () => {
  it('use binary prefixes for memory', () => {
    expect(formatBytes(1023)).toBe('1,023 B');
    expect(formatBytes(90 * 1024 * 1024)).toBe('90 MiB');
    expect(formatBytes(6.5 * 1024 ** 3)).toBe('6.50 GiB');
    expect(formatPages(23_040)).toBe('23,040 pages, 90 MiB');
  });

  it('change the unit of time at 10 µs, 10 ms and 10 s', () => {
    expect(formatTime(9999)).toBe('9,999 ns');
    expect(formatTime(10_000)).toBe('10.0 µs');
    expect(formatTime(9_999_000)).toBe('9,999.0 µs');
    expect(formatTime(35.4e6)).toBe('35.4 ms');
    expect(formatTime(12.48e9)).toBe('12.48 s');
  });

  it('write the clock in groups of three after the point', () => {
    expect(formatClock(12_480_316_999)).toBe('12.480\u2009316 s');
    expect(formatClock(5_000)).toBe('0.000\u2009005 s');
  });

  it('never round a share to nothing or to everything', () => {
    expect(formatShare(0)).toBe('0 %');
    expect(formatShare(0.0002)).toBe('0.02 %');
    expect(formatShare(0.99996)).toBe('100.00 %');
    expect(formatShare(0.9972)).toBe('99.72 %');
    expect(formatShare(0.818)).toBe('81.8 %');
  });

  it('shorten large counts', () => {
    expect(formatShort(5_900)).toBe('5.9k');
    expect(formatShort(1_240_000)).toBe('1.24 M');
  });
});

describe('what a person types', () => {
  it('may have thousands, spaces, or the unit', () => {
    expect(parseQuantity('8,192', 'MiB')).toBe(8192);
    expect(parseQuantity('8 192 MiB', 'MiB')).toBe(8192);
    expect(parseQuantity('\u22125', 'ns')).toBe(-5);
    expect(parseQuantity('1e3')).toBe(1000);
    expect(parseQuantity('1,048,576.5')).toBe(1048576.5);
  });

  it('is no number where a comma parts anything but thousands: it may have been meant as a point', () => {
    for (const text of ['1,5', '12,34', '8,1920', '1234,567', ',5', '1,']) expect(parseQuantity(text)).toBeUndefined();
  });

  it('may be in another unit of the family', () => {
    expect(parseQuantity('9.5 GiB', 'MiB')).toBe(9728);
    expect(parseQuantity('2.5 us', 'ns')).toBe(2500);
    expect(parseQuantity('1 ghz', 'MHz')).toBe(1000);
  });

  it('is no number in a unit of another family, or in words', () => {
    expect(parseQuantity('3 ms', 'MiB')).toBeUndefined();
    expect(parseQuantity('many')).toBeUndefined();
    expect(parseQuantity('')).toBeUndefined();
    expect(parseQuantity('.')).toBeUndefined();
  });

  it('may list ranges, which are written back as ranges', () => {
    expect(parseRanges('0-3, 8 5')).toEqual([0, 1, 2, 3, 5, 8]);
    expect(parseRanges('3 - 4')).toEqual([3, 4]);
    expect(formatRanges([8, 0, 1, 2, 3, 5])).toBe('0-3, 5, 8');
    expect(parseRanges('4-2')).toBeUndefined();
    expect(parseRanges('0-99999999')).toBeUndefined();
    expect(parseRanges('a')).toBeUndefined();
  });
});
