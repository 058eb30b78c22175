import { beforeEach, describe, expect, it } from 'vitest';
import { HelpState, TOUR_STEPS } from './help.svelte.ts';
import { glossary, glossaryEntry, searchGlossary, splitByTerms } from './glossary.ts';

beforeEach(() => localStorage.clear());

describe('the glossary', () => {
  it('has each term once, in order, with a sentence and a source', () => {
    const terms = glossary.map(({ term }) => term);
    expect(new Set(terms).size).toBe(terms.length);
    expect(terms).toEqual([...terms].sort((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' })));
    for (const { term, text, source } of glossary) {
      expect(text, term).toMatch(/^[A-Z0-9].*[.]$/);
      expect(source, term).not.toBe('');
    }
  });

  it('gives every spelling to one term alone', () => {
    const seen = new Map<string, string>();
    for (const { term, also } of glossary) {
      for (const word of [term, ...also]) {
        expect(seen.get(word.toLowerCase()) ?? term, word).toBe(term);
        seen.set(word.toLowerCase(), term);
      }
    }
  });

  it('finds a term by another spelling, whatever its case and hyphens', () => {
    expect(glossaryEntry('PTE-chain')?.term).toBe('pte_chain');
    expect(glossaryEntry('LowFree')?.term).toBe('low memory');
    expect(glossaryEntry('kmap pool')?.term).toBe('pkmap');
    expect(glossaryEntry('vax')).toBeUndefined();
  });

  it('has the words that the screens use', () => {
    const words = ['pte_chain', 'zonelist', 'highmem', 'pkmap', 'KVA remap', 'watermark', 'lowmem_reserve'];
    for (const word of [...words, 'remote cache', 'LowFree', 'mem_map', 'page cluster', 'first touch', 'numa_hit']) {
      expect(glossaryEntry(word), word).toBeDefined();
    }
  });

  it('puts terms that are called so before those that only speak of it', () => {
    const found = searchGlossary('zonelist').map(({ term }) => term);
    expect(found[0]).toBe('zonelist');
    expect(found).toContain('numa_hit');
    expect(searchGlossary('')).toHaveLength(glossary.length);
    expect(searchGlossary('vax')).toEqual([]);
  });
});

describe('terms in a text', () => {
  it('are marked where each stands first, as whole words', () => {
    const text = 'KVA remap: the mem_map of nodes 1-7; mem_map of node 0, remapped';
    const terms = splitByTerms(text).filter((part) => part.term);
    expect(terms.map((part) => part.text)).toEqual(['KVA remap', 'mem_map']);
    expect(
      splitByTerms(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });

  it('are none in a text without any, nor in words that stand everywhere', () => {
    expect(splitByTerms('8 pages of node 3, zone Normal')).toEqual([
      { text: '8 pages of node 3, zone Normal', term: false },
    ]);
    expect(splitByTerms('')).toEqual([]);
  });
});

describe('the tour', () => {
  it('is offered until it was ended once', () => {
    const help = new HelpState();
    help.offerTour();
    for (let step = 0; step < TOUR_STEPS; step += 1) {
      expect(help.tour).toBe(step);
      help.nextStep();
    }
    expect(help.tour).toBeNull();
    const next = new HelpState();
    next.offerTour();
    expect(next.tour).toBeNull();
    next.startTour();
    expect(next.tour).toBe(0);
  });
});
