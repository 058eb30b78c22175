import { describe, expect, it } from 'vitest';
import { figure, memory, table, time } from '../../../src/cli/table.ts';
import * as values from '../../../src/cli/values.ts';
import { ranges } from '../../../src/lab/ranges.ts';

describe('values of options', () => {
  it('read lists and ranges of numbers', () => {
    expect(values.numberList('0-3,8')).toEqual([0, 1, 2, 3, 8]);
    expect(values.numberList('5')).toEqual([5]);
    expect(values.numberList('0-16383')).toHaveLength(16384);
  });
  it.each(['', '3-1', 'a', '1,,2', '-1', '1-', '0x10', '1.5', '0-999999'])('refuse %j as a list', (text) => {
    expect(() => values.numberList(text)).toThrow('expected numbers such as 0-3,8');
  });

  it('read sizes in binary units', () => {
    const sizes = ['4096', '64K', '64MiB', '1.5g', '2TB', '8 kb', '10b'].map(values.byteCount);
    expect(sizes).toEqual([4096, 65536, 67108864, 1610612736, 2199023255552, 8192, 10]);
  });
  it.each(['', '-1', '1.3', '5X', '64MM', 'NaN', '1e5000M'])('refuse %j as a size', (text) => {
    expect(() => values.byteCount(text)).toThrow('expected a size such as 64M');
  });

  it('read counts in decimal units', () => {
    expect(['7', '1e6', '2.5M', '1k', '3G'].map(values.count)).toEqual([7, 1e6, 2.5e6, 1000, 3e9]);
  });
  it.each(['0', '-5', '1.5', '1e99', '1e13', 'x'])('refuse %j as a count', (text) => {
    const sentence = `expected a number such as 1000000, 1e6 or 1M, from 1 to 1,000,000,000,000, found "${text}"`;
    expect(() => values.count(text)).toThrow(sentence);
  });

  it('read a scale as a share or a fraction', () => {
    expect(['1', '0.01', '.5', '1/100', '1e-3'].map(values.scale)).toEqual([1, 0.01, 0.5, 0.01, 0.001]);
  });
  it.each(['0', '2', '-1', '1/0', '0/5', '1%', ''])('refuse %j as a scale', (text) => {
    expect(() => values.scale(text)).toThrow('expected a share above 0, up to 1, such as 0.01 or 1/100');
  });

  it('read parameters, numbers as numbers', () => {
    expect(['jobs=16', 'order=random', 'x=-1.5', 'a=b=c'].map(values.parameter)).toEqual([
      ['jobs', 16],
      ['order', 'random'],
      ['x', -1.5],
      ['a', 'b=c'],
    ]);
  });
  it.each(['jobs', '=1', 'jobs=', 'a b=1'])('refuse %j as a parameter', (text) => {
    expect(() => values.parameter(text)).toThrow('expected NAME=VALUE such as jobs=16');
  });

  it('read a knob with the time at which it is turned', () => {
    expect(values.turn('swappiness=0@5ms')).toEqual({ name: 'swappiness', value: 0, timeNs: 5e6 });
    expect(values.turn('min_free_kbytes=1')).toEqual({ name: 'min_free_kbytes', value: 1, timeNs: 0 });
  });
  it.each(['swappiness', 'swappiness=', 'swappiness=x', 'swappiness=1.5'])('refuse %j as a knob', (text) => {
    expect(() => values.turn(text)).toThrow('expected NAME=VALUE@TIME such as swappiness=0@5ms');
  });
  it('refuse a knob at a time that is none', () => {
    expect(() => values.turn('swappiness=0@soon')).toThrow('expected a time such as 5ms');
  });

  it.each(['0', '63', '2T', '1e5'])('refuse %j as the size of an array, naming the bounds', (text) => {
    expect(() => values.arrayBytes(text)).toThrow(/expected a size such as 64M or 4096.*found/);
  });
  it('take arrays of 64 bytes to 1 TiB', () => {
    expect(['64', '1T'].map(values.arrayBytes)).toEqual([64, 1024 ** 4]);
    expect(() => values.arrayBytes('0')).toThrow('from 64 bytes to 1T, found "0"');
  });

  it('read times', () => {
    expect(['500', '20us', '5ms', '1.5s', '7ns'].map(values.duration)).toEqual([500, 20_000, 5e6, 1.5e9, 7]);
    expect(() => values.duration('5 hours')).toThrow('expected a time such as 5ms');
  });

  it('read policies', () => {
    expect(values.placement('first-touch')).toEqual({ policy: 'first-touch' });
    expect(values.placement('preferred:2')).toEqual({ policy: 'preferred', node: 2 });
    expect(values.placement('bind:0,1')).toEqual({ policy: 'bind', nodes: [0, 1] });
    expect(values.placement('interleave:0-3')).toEqual({ policy: 'interleave', nodes: [0, 1, 2, 3] });
  });
  it.each(['', 'bind', 'bind:', 'preferred:0,1', 'first-touch:0', 'random:1'])('refuse %j as a policy', (text) => {
    expect(() => values.placement(text)).toThrow(/expected (first-touch|numbers)/);
  });

  it('read clusters, seeds and addresses', () => {
    expect(['1', '8', '64'].map(values.clusterShift)).toEqual([0, 3, 6]);
    expect(() => values.clusterShift('3')).toThrow('expected 1, 2, 4, 8, 16, 32 or 64');
    expect(values.seed('4294967295')).toBe(4294967295);
    expect(() => values.seed('4294967296')).toThrow('expected a whole number from 0');
    expect(values.addressRange('0x1ff000000-0x1ff100000')).toEqual({ start: 0x1ff000000, end: 0x1ff100000 });
    expect(() => values.addressRange('0x20-0x10')).toThrow('expected addresses START-END');
  });
});

describe('figures', () => {
  it('are grouped by thousands, with at most three digits behind the point', () => {
    expect([0, 999, 1000, 1234567.5, -1234, 0.12345].map(figure)).toEqual([
      '0',
      '999',
      '1,000',
      '1,234,567.5',
      '-1,234',
      '0.123',
    ]);
  });
  it('of time and memory come in the unit in which they are read', () => {
    expect([0, 999, 1500, 2_460_000, 3e9].map(time)).toEqual(['0 ns', '999 ns', '1.5 µs', '2.46 ms', '3 s']);
    expect([256, 1024, 65528, 16777216].map(memory)).toEqual(['256 MiB', '1 GiB', '63.99 GiB', '16 TiB']);
  });
  it('stand to the right in tables, words to the left', () => {
    expect(
      table(
        ['id', 'n'],
        [
          ['a', 5],
          ['bcd', 1000],
        ],
      ),
    ).toBe('id       n\na        5\nbcd  1,000\n');
  });
  it('that follow each other are ranges', () => {
    expect(ranges([0, 1, 2, 3, 8, 10, 11])).toBe('0-3,8,10-11');
  });
});
