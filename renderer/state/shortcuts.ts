/**
 * Keys as the commands name them (`Mod+Shift+Z`, `Alt+1`, `Space`, `?`, `G 1`): what tinykeys listens for, what a person
 * reads, and what was pressed. `Mod` is Ctrl, or Cmd on a Mac. Keys with a space between them are pressed one after the
 * other. Pure.
 */

/** Signs by the name of their place on the keyboard, for those that Shift turns into another one. */
const PLACES: Readonly<Record<string, string>> = {
  '.': 'Period',
  ',': 'Comma',
  '/': 'Slash',
  '\\': 'Backslash',
  ';': 'Semicolon',
  "'": 'Quote',
  '`': 'Backquote',
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '-': 'Minus',
  '=': 'Equal',
};

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
  Escape: 'Esc',
  '-': '−',
};

/** Modifiers and key of one press. */
function split(press: string): { readonly modifiers: readonly string[]; readonly key: string } {
  // The plus key itself ends in two of them.
  const key = press.endsWith('+') ? '+' : (press.split('+').at(-1) ?? '');
  const before = press.slice(0, press.length - key.length);
  return { modifiers: before.split('+').filter((part) => part !== ''), key };
}

const isSign = (key: string): boolean => key.length === 1 && !/[\p{L}\p{N}]/u.test(key);

function pressBindings(press: string, mac: boolean): readonly string[] {
  const { modifiers, key } = split(press);
  const mods = modifiers.map((part) => (part === 'Mod' ? (mac ? 'Meta' : 'Control') : part));
  const bind = (wanted: readonly string[], of: string): string => [...wanted, of].join('+');
  if (/^\d$/.test(key)) return [bind(mods, `Digit${key}`), bind(mods, key)];
  if (isSign(key)) {
    const place = PLACES[key];
    // With Shift the sign is another one: its place is meant. Without, it may take Shift to type it.
    if (mods.includes('Shift')) return [bind(mods, place ?? key)];
    return [bind(mods, key), bind([...mods, 'Shift'], key)];
  }
  // Option writes another letter on a Mac.
  if (mac && mods.includes('Alt') && /^[A-Z]$/.test(key)) return [bind(mods, key), bind(mods, `Key${key}`)];
  return [bind(mods, key)];
}

/** What tinykeys has to listen for. */
export function bindingsOf(keys: string, mac: boolean): readonly string[] {
  let all: readonly string[] = [''];
  for (const press of keys.split(' ')) {
    const bindings = pressBindings(press, mac);
    all = all.flatMap((before) => bindings.map((binding) => `${before} ${binding}`.trim()));
  }
  return all;
}

/** True for keys that write into a field when typed there: they are quiet while one has the focus. */
export function isQuietInFields(keys: string): boolean {
  return !keys.includes('Mod+') && !keys.includes('Alt+');
}

/** True for keys by which a slider, a tree or a row of tabs is walked. */
export function isWalking(keys: string): boolean {
  return /^(Shift\+)?(Arrow(Left|Right|Up|Down)|Home|End|PageUp|PageDown|Enter|Escape)$/.test(keys);
}

/** Keys as a person reads them: `Ctrl Shift Z`, on a Mac `⌘ ⇧ Z`. */
export function keysText(keys: string, mac: boolean): string {
  const signs: Readonly<Record<string, string>> = mac ? { Mod: '⌘', Shift: '⇧', Alt: '⌥' } : { Mod: 'Ctrl' };
  return keys
    .split(' ')
    .map((press) => {
      const { modifiers, key } = split(press);
      return [...modifiers.map((part) => signs[part] ?? part), NAMES[key] ?? key].join(' ');
    })
    .join(', ');
}

/** What was pressed, as the commands name it; null for a modifier alone and for what no command can have. */
export function keysOf(event: KeyboardEvent, mac: boolean): string | null {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (['Control', 'Meta', 'Alt', 'AltGraph', 'Shift', 'Dead', 'Process', 'CapsLock'].includes(key)) return null;
  if (mac ? ctrlKey : metaKey) return null;
  const place = /^(?:Key|Digit)(.)$/.exec(code)?.[1];
  const pressed = key === ' ' ? 'Space' : altKey && mac && place !== undefined ? place : key;
  const name = pressed.length === 1 ? pressed.toUpperCase() : pressed;
  const parts = [
    ...((mac ? metaKey : ctrlKey) ? ['Mod'] : []),
    ...(altKey ? ['Alt'] : []),
    ...(shiftKey && !isSign(name) ? ['Shift'] : []),
    name,
  ];
  return parts.join('+');
}
