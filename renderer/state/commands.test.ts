import { describe, expect, it } from 'vitest';
import { isQuietInFields, keysText, matchesKeys } from './commands.ts';

const press = (key: string, more: KeyboardEventInit = {}): KeyboardEvent =>
  new KeyboardEvent('keydown', { key, ...more });

describe('keys', () => {
  it('asks for exactly the modifiers that are named', () => {
    expect(matchesKeys(press('z', { ctrlKey: true }), 'Mod+Z', false)).toBe(true);
    expect(matchesKeys(press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Z', false)).toBe(false);
    expect(matchesKeys(press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+Z', false)).toBe(true);
    expect(matchesKeys(press('n', { altKey: true }), 'Mod+N', false)).toBe(false);
    expect(matchesKeys(press('z'), 'Mod+Z', false)).toBe(false);
  });

  it('takes Cmd for Ctrl on a Mac', () => {
    expect(matchesKeys(press('s', { metaKey: true }), 'Mod+S', true)).toBe(true);
    expect(matchesKeys(press('s', { ctrlKey: true }), 'Mod+S', true)).toBe(false);
    expect(keysText('Mod+Shift+S', true)).toBe('⌘ ⇧ S');
    expect(keysText('Mod+Shift+S', false)).toBe('Ctrl Shift S');
  });

  it('takes a sign with the Shift that types it, and figures of every row', () => {
    expect(matchesKeys(press('?', { shiftKey: true }), '?', false)).toBe(true);
    expect(matchesKeys(press('&', { ctrlKey: true, code: 'Digit1' }), 'Mod+1', false)).toBe(true);
    expect(matchesKeys(press(' '), 'Space', false)).toBe(true);
  });

  it('is quiet in fields for keys that would write there', () => {
    expect(isQuietInFields('Delete')).toBe(true);
    expect(isQuietInFields('?')).toBe(true);
    expect(isQuietInFields('Mod+S')).toBe(false);
  });
});
