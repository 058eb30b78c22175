import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LackeyParser } from '../../../src/sim/interop/lackey.ts';
import { Collector, complaint, parse } from './collect.ts';

const tiny = readFileSync('test/fixtures/traces/tiny.lackey');
const inTiny = [
  'F 4000000 3',
  'W 1fff000688 8',
  'F 4000003 5',
  'R 1fff000688 8',
  'M 421c7f0 4',
  'F 4000008 15',
  'R ffffffff81000010 1',
];

describe('a lackey trace', () => {
  it('gives its references in order, and none for messages of Valgrind and blank lines', () => {
    expect(parse('lackey', tiny)).toEqual(inTiny);
  });

  it('is the same wherever it is cut into chunks', () => {
    for (let chunk = 1; chunk <= tiny.length; chunk++) expect(parse('lackey', tiny, chunk)).toEqual(inTiny);
  });

  it('may have the line ends of another system, and none at its end', () => {
    const text = tiny.toString('latin1');
    expect(parse('lackey', text.replaceAll('\n', '\r\n'))).toEqual(inTiny);
    expect(parse('lackey', text.replaceAll('\n', '\r\n'), 1)).toEqual(inTiny);
    expect(parse('lackey', 'I  0400d7d4,8')).toEqual(['F 400d7d4 8']);
    expect(parse('lackey', 'I  0400d7d4,8\r')).toEqual(['F 400d7d4 8']);
  });

  it('may be indented otherwise, as traces edited by hand are', () => {
    expect(parse('lackey', 'L 10,1\n  M\t20,1  \nI 0400d7d4,8\n')).toEqual(['R 10 1', 'M 20 1', 'F 400d7d4 8']);
  });

  it('has addresses of 64 bits, to the last byte', () => {
    expect(parse('lackey', ' L fffffffffffffff8,8\n L 0000000100000000,1\n')).toEqual([
      'R fffffffffffffff8 8',
      'R 100000000 1',
    ]);
  });

  it.each([
    ['a letter that is no kind', ' X 04001000,8'],
    ['no space after the kind', ' L04001000,8'],
    ['no address', ' L ,8'],
    ['an address that is not hexadecimal', ' L 0400g000,8'],
    ['an address of 17 digits', ' L 10000000000000000,8'],
    ['no size', ' L 04001000'],
    ['an empty size', ' L 04001000,'],
    ['a size of 0', ' L 04001000,0'],
    ['a size that is not decimal', ' L 04001000,1f'],
    ['a size that no instruction has', ' L 04001000,1048577'],
    ['an end beyond 2^64', ' L fffffffffffffff9,8'],
    ['more than there should be', ' L 04001000,8 9'],
    ['what the traced program printed', 'hello, world'],
    ['half a message', '==4711 something'],
    ['bytes that are no text', ' L \u0001\u0002\u0003'],
  ])('names the line, what was expected and what was found for %s', (_, line) => {
    const shown = line.replace(/[^ -~]/g, '.');
    for (const chunk of [Infinity, 1]) {
      const message = complaint(() => parse('lackey', ` L 1,1\n\n${line}\n L 2,1\n`, chunk));
      expect(message).toContain('InputError: a.trace: line 3: expected a line of lackey');
      expect(message).toContain(`found "${shown}"`);
    }
  });

  it('shortens a long line in its message, and refuses one without end', () => {
    const long = complaint(() => parse('lackey', `junk ${'x'.repeat(5000)}\n`));
    expect(long).toContain(`found "junk ${'x'.repeat(52)}..."`);
    expect(long.length).toBeLessThan(300);
    const endless = complaint(() => parse('lackey', ` L 1,1\n${'4'.repeat(70_000)}`, 999));
    expect(endless).toContain('line 2: ');
    expect(endless).toContain('a line of more than 65536 bytes');
  });

  it('has decimal sizes, unless they are to be misread as extended din would', () => {
    const sink = new Collector();
    const parser = new LackeyParser('a.trace', sink, 'hex');
    parser.feed(new TextEncoder().encode(' L 10,8\n L 20,16\n S 40,32\n'));
    parser.end();
    expect(sink.references).toEqual(['R 10 8', 'R 20 22', 'W 40 50']);
    expect(parse('lackey', ' L 20,16\n')).toEqual(['R 20 16']);
  });
});
