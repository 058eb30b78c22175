import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { complaint, parse } from './collect.ts';

const din = readFileSync('test/fixtures/traces/tiny.din');
const xdin = readFileSync('test/fixtures/traces/tiny.xdin');
// By dinfmt.c of DineroIV: 4 bytes at the address without its last two bits, whatever else the line says.
const inDin = ['F 400000 4', 'R 7fff0010 4', 'W 7fff0014 4', 'R 10 4'];
// By xdinfmt.c: address and size are hexadecimal.
const inXdin = ['F 400000 3', 'R 7fff0011 16', 'W 7fff0014 8', 'R 10 1'];

describe('a din trace', () => {
  it('gives words, as DineroIV reads them', () => {
    expect(parse('din', din)).toEqual(inDin);
  });

  it('gives bytes and sizes in hexadecimal when it is extended', () => {
    expect(parse('xdin', xdin)).toEqual(inXdin);
  });

  it('is the same wherever it is cut into chunks, with either line end', () => {
    for (let chunk = 1; chunk <= din.length; chunk++) expect(parse('din', din, chunk)).toEqual(inDin);
    for (let chunk = 1; chunk <= xdin.length; chunk++) expect(parse('xdin', xdin, chunk)).toEqual(inXdin);
    expect(parse('din', din.toString('latin1').replaceAll('\n', '\r\n'))).toEqual(inDin);
    expect(parse('xdin', xdin.toString('latin1').replaceAll('\n', '\r\n'), 1)).toEqual(inXdin);
    expect(parse('din', '0 10')).toEqual(['R 10 4']);
    expect(parse('xdin', '\nr 10 4\n\nw 20 2')).toEqual(['R 10 4', 'W 20 2']);
  });

  it.each([
    ['a label that is none', '7 10'],
    ['a label of two characters', '00 10'],
    ['no address', '0'],
    ['an address that is not hexadecimal', '0 zebra'],
    ['an address of 17 digits', '0 10000000000000000'],
    ['a prefix without a number', '0 0x'],
  ])('names the line for %s', (_, line) => {
    const message = complaint(() => parse('din', `0 10\n${line}\n`));
    expect(message).toContain(`InputError: a.trace: line 2: expected a line of din such as`);
    expect(message).toContain(`found "${line}"`);
  });

  it.each([
    ['a letter that is no access', 'x 10 4'],
    ['no size', 'r 10'],
    ['a size of 0', 'r 10 0'],
    ['a size that is not hexadecimal', 'r 10 four'],
    ['a size that no instruction has', 'r 10 100001'],
    ['an end beyond 2^64', 'r ffffffffffffffff 2'],
  ])('names the line of an extended trace for %s', (_, line) => {
    const message = complaint(() => parse('xdin', `r 10 4\n${line}\n`));
    expect(message).toContain(`InputError: a.trace: line 2: expected a line of extended din such as`);
    expect(message).toContain(`found "${line}"`);
  });

  it('refuses commands to a cache rather than count them as references', () => {
    for (const line of ['4 10', '5 10']) {
      expect(complaint(() => parse('din', line))).toContain('line 1: expected a reference to memory (copyback');
    }
    for (const line of ['c 10 4', 'V 10 4']) {
      expect(complaint(() => parse('xdin', line))).toContain('line 1: expected a reference to memory (copyback');
    }
  });
});
