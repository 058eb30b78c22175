import { beforeEach, describe, expect, it } from 'vitest';
import { keyboard } from '../shell/keyboard.ts';
import type { Command } from './commands.ts';
import { KeysState } from './keys.svelte.ts';
import { isQuietInFields, keysOf, keysText } from './shortcuts.ts';

/** Presses a key on `target` and returns which of the commands with these keys ran. */
function ran(
  keys: Readonly<Record<string, readonly string[]>>,
  events: readonly KeyboardEventInit[],
  { mac = false, target = document.body, off = [] }: { mac?: boolean; target?: Element; off?: readonly string[] } = {},
): readonly string[] {
  const done: string[] = [];
  const commands = Object.entries(keys).map(([id, own]): Command => ({
    id,
    title: id,
    keys: own,
    enabled: () => !off.includes(id),
    run: () => void done.push(id),
  }));
  const listener = keyboard(commands, (command) => command.keys, mac);
  window.addEventListener('keydown', listener);
  for (const init of events) {
    target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
  }
  window.removeEventListener('keydown', listener);
  return done;
}

beforeEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
});

describe('keys', () => {
  it('ask for exactly the modifiers that are named', () => {
    const keys = { undo: ['Mod+Z'], redo: ['Mod+Shift+Z'], made: ['Mod+N'] };
    expect(ran(keys, [{ key: 'z', ctrlKey: true }])).toEqual(['undo']);
    expect(ran(keys, [{ key: 'Z', ctrlKey: true, shiftKey: true }])).toEqual(['redo']);
    expect(ran(keys, [{ key: 'n', altKey: true }, { key: 'z' }])).toEqual([]);
  });

  it('take Cmd for Ctrl on a Mac', () => {
    expect(ran({ save: ['Mod+S'] }, [{ key: 's', metaKey: true }], { mac: true })).toEqual(['save']);
    expect(ran({ save: ['Mod+S'] }, [{ key: 's', ctrlKey: true }], { mac: true })).toEqual([]);
    expect(keysText('Mod+Shift+S', true)).toBe('⌘ ⇧ S');
    expect(keysText('Mod+Shift+S', false)).toBe('Ctrl Shift S');
    expect(ran({ xray: ['Alt+X'] }, [{ key: '≈', code: 'KeyX', altKey: true }], { mac: true })).toEqual(['xray']);
  });

  it('take a sign with the Shift that types it, and figures of every row', () => {
    expect(ran({ help: ['?'] }, [{ key: '?', shiftKey: true }])).toEqual(['help']);
    expect(ran({ start: ['Mod+1'] }, [{ key: '&', code: 'Digit1', ctrlKey: true }])).toEqual(['start']);
    expect(ran({ larger: ['Mod++', 'Mod+='] }, [{ key: '+', ctrlKey: true, shiftKey: true }])).toEqual(['larger']);
  });

  it('tell a sign from the same one with Shift', () => {
    const keys = { event: ['.'], interval: ['Shift+.'] };
    expect(ran(keys, [{ key: '.', code: 'Period' }])).toEqual(['event']);
    expect(ran(keys, [{ key: '>', code: 'Period', shiftKey: true }])).toEqual(['interval']);
  });

  it('come one after the other where two are named', () => {
    expect(ran({ node: ['G 1'], other: ['1'] }, [{ key: 'g' }, { key: '1', code: 'Digit1' }])).toEqual(['node']);
  });

  it('run the first command that is possible, and once', () => {
    const keys = { a: ['Delete'], b: ['Delete'], c: ['Delete'] };
    expect(ran(keys, [{ key: 'Delete' }], { off: ['a'] })).toEqual(['b']);
  });

  it('are quiet in fields where they would write there', () => {
    const field = document.createElement('input');
    document.body.append(field);
    const keys = { remove: ['Delete'], help: ['?'], save: ['Mod+S'], 'edit.undo': ['Mod+Z'] };
    const pressed = [
      { key: 'Delete' },
      { key: '?', shiftKey: true },
      { key: 'z', ctrlKey: true },
      { key: 's', ctrlKey: true },
    ];
    expect(ran(keys, pressed, { target: field })).toEqual(['save']);
    expect(isQuietInFields('Shift+N')).toBe(true);
  });

  it('take an edit back where nothing is typed that is not in force, and leave typed text to its field', () => {
    const keys = { 'edit.undo': ['Mod+Z'], 'edit.redo': ['Mod+Shift+Z', 'Mod+Y'] };
    const pressed = [
      { key: 'z', ctrlKey: true },
      { key: 'Z', ctrlKey: true, shiftKey: true },
      { key: 'y', ctrlKey: true },
    ];
    const on = (html: string): readonly string[] => {
      document.body.innerHTML = html;
      return ran(keys, pressed, { target: document.body.firstElementChild ?? document.body });
    };
    const all = ['edit.undo', 'edit.redo', 'edit.redo'];
    expect(on('<input data-typed="false">')).toEqual(all);
    expect(on('<textarea data-typed="false"></textarea>')).toEqual(all);
    expect(on('<select></select>')).toEqual(all);
    expect(on('<input type="checkbox">')).toEqual(all);
    expect(on('<input type="range">')).toEqual(all);
    expect(on('<button role="combobox"></button>')).toEqual(all);
    expect(on('<input data-typed="true">')).toEqual([]);
    expect(on('<input>')).toEqual([]);
    expect(on('<input role="combobox">')).toEqual([]);
    expect(on('<textarea></textarea>')).toEqual([]);
  });

  it('never run the browser’s undo beside the lab’s, also where nothing is left to take back', () => {
    const press = (html: string): boolean => {
      document.body.innerHTML = html;
      let prevented = false;
      const see = (event: Event): void => void (prevented = event.defaultPrevented);
      const undo: Command = { id: 'edit.undo', title: '', keys: ['Mod+Z'], enabled: () => false, run: () => undefined };
      const listener = keyboard([undo], (command) => command.keys, false);
      window.addEventListener('keydown', listener);
      window.addEventListener('keydown', see);
      const event = { key: 'z', ctrlKey: true, bubbles: true, cancelable: true };
      document.body.firstElementChild?.dispatchEvent(new KeyboardEvent('keydown', event));
      window.removeEventListener('keydown', listener);
      window.removeEventListener('keydown', see);
      return prevented;
    };
    expect(press('<input data-typed="false">')).toBe(true);
    expect(press('<input data-typed="true">')).toBe(false);
  });

  it('leave Space to buttons, arrows to sliders, and all single keys to a dialog', () => {
    const button = document.createElement('button');
    const slider = document.createElement('input');
    slider.type = 'range';
    document.body.append(button, slider);
    const keys = { run: ['Space'], back: ['ArrowLeft'] };
    const space = { key: ' ', code: 'Space' };
    expect(ran(keys, [space], { target: button })).toEqual([]);
    expect(ran(keys, [{ key: 'ArrowLeft' }], { target: slider })).toEqual([]);
    expect(ran(keys, [space, { key: 'ArrowLeft' }])).toEqual(['run', 'back']);
    const dialog = document.createElement('div');
    dialog.setAttribute('role', 'dialog');
    document.body.append(dialog);
    expect(ran(keys, [space, { key: 'ArrowLeft' }])).toEqual([]);
  });

  it('are named as they were pressed', () => {
    const press = (key: string, more: KeyboardEventInit = {}): string | null =>
      keysOf(new KeyboardEvent('keydown', { key, ...more }), false);
    expect(press('z', { ctrlKey: true })).toBe('Mod+Z');
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press('ArrowLeft', { shiftKey: true })).toBe('Shift+ArrowLeft');
    expect(press(' ')).toBe('Space');
    expect(press('Shift', { shiftKey: true })).toBeNull();
  });
});

describe('keys of one’s own', () => {
  const command = (id: string, keys: readonly string[]): Command => {
    return { id, title: id, keys, enabled: () => true, run: () => undefined };
  };
  const all = [command('a', ['Mod+1', 'Alt+1']), command('b', ['?'])];

  it('take the place of those that a command had, also in the next window, until they are reset', () => {
    const keys = new KeysState(() => all);
    expect(keys.text('a')).toBe('Ctrl 1');
    keys.change(all[0] as Command, ['Alt+Q']);
    const next = new KeysState(() => all);
    expect(next.of(all[0] as Command)).toEqual(['Alt+Q']);
    expect(next.text('a')).toBe('Alt Q');
    next.reset();
    expect(new KeysState(() => all).of(all[0] as Command)).toEqual(['Mod+1', 'Alt+1']);
  });

  it('name the commands that have the same keys', () => {
    const keys = new KeysState(() => all);
    expect(keys.rivals(all[1] as Command, 'Alt+1').map(({ id }) => id)).toEqual(['a']);
    expect(keys.rivals(all[0] as Command, 'Alt+1')).toEqual([]);
  });

  it('are shown in a browser by the twin that the browser does not keep for itself', () => {
    expect(new KeysState(() => all).heardText('a')).toBe('Ctrl 1');
    const inBrowser = new KeysState(() => all, true);
    expect(inBrowser.heardText('a')).toBe('Alt 1');
    expect(inBrowser.heardText('b')).toBe('?');
  });

  it('are forgotten where what was stored is no such thing', () => {
    localStorage.setItem('numaq-lab.keys', '{"a": "Mod+Q", "b": [1]}');
    expect(new KeysState(() => all).text('a')).toBe('Ctrl 1');
  });
});
