/**
 * The keyboard: the keys of all commands at once, heard by tinykeys. Of several commands with the same keys the first
 * that is possible now is run. Single keys are quiet where they write or where they are the control's own.
 */
import { createKeybindingsHandler } from 'tinykeys';
import type { Command } from '../state/commands.ts';
import { bindingsOf, isQuietInFields, isWalking } from '../state/shortcuts.ts';

const PRESSED_BY_SPACE =
  'button, a, summary, input, [role="button"], [role="switch"], [role="checkbox"], [role="treeitem"], [role="option"], [role="tab"]';
const WALKED =
  'input[type="range"], input[type="radio"], [role="slider"], [role="separator"], [role="tree"], [role="tablist"], [role="listbox"], [role="menu"], [role="menubar"], [role="radiogroup"], [role="grid"], [role="region"][tabindex="0"]';
const OVER_THE_PAGE =
  '[role="dialog"], [role="alertdialog"], [role="menu"], [data-bits-floating-content-wrapper] [role="listbox"]';

/** True where typed letters are written. */
export function inField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches(
        'input:not([type="range"], [type="checkbox"], [type="radio"]), textarea, select, [role="combobox"]',
      ))
  );
}

const STEPS_BACK = ['edit.undo', 'edit.redo'];

/**
 * True where undo takes typed text back: in a field for text, but for one that says by `data-typed="false"` that it
 * shows the value in force. There undo takes the edit back that put it in force.
 */
export function hasOwnUndo(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  const isText = target.matches(
    'textarea, input:not([type="range"], [type="checkbox"], [type="radio"], [type="button"], [type="color"])',
  );
  return isText && target.dataset['typed'] !== 'false';
}

function isQuiet(keys: string, command: Command, target: EventTarget | null): boolean {
  if (STEPS_BACK.includes(command.id) && hasOwnUndo(target)) return true;
  if (isQuietInFields(keys) && inField(target)) return true;
  if (!isQuietInFields(keys)) return false;
  if (document.querySelector(OVER_THE_PAGE) !== null) return true;
  if (!(target instanceof Element)) return false;
  // Space presses what has the focus; it runs only where nothing does.
  if (keys === 'Space') return target.closest(PRESSED_BY_SPACE) !== null;
  return isWalking(keys) && target.closest(WALKED) !== null;
}

/** Hears keys for `commands`; `keysOf` says which a command has. */
export function keyboard(
  commands: readonly Command[],
  keysOf: (command: Command) => readonly string[],
  mac: boolean,
): EventListener {
  const heard = new Map<string, { readonly command: Command; readonly keys: string }[]>();
  for (const command of commands) {
    for (const keys of keysOf(command)) {
      for (const binding of bindingsOf(keys, mac))
        heard.set(binding, [...(heard.get(binding) ?? []), { command, keys }]);
    }
  }
  const run = (event: KeyboardEvent, all: readonly { readonly command: Command; readonly keys: string }[]): void => {
    // Handled already: by what has the focus, or under the other name of the same key.
    if (event.defaultPrevented) return;
    const loud = all.filter(({ command, keys }) => !isQuiet(keys, command, event.target));
    const found = loud.find(({ command }) => command.enabled());
    // A browser has its own use for the keys of a command that is not possible now; a single key is left to the page.
    if (found !== undefined || loud.some(({ keys }) => !isQuietInFields(keys))) event.preventDefault();
    if (found !== undefined) void found.command.run();
  };
  const handler = (isSequence: boolean): EventListener =>
    createKeybindingsHandler(
      Object.fromEntries(
        [...heard]
          .filter(([binding]) => binding.includes(' ') === isSequence)
          .map(([binding, all]) => [binding, (event: KeyboardEvent) => run(event, all)]),
      ),
    );
  // Sequences first, so that the last key of one is not taken for a key of its own.
  const [sequences, singles] = [handler(true), handler(false)];
  return (event) => {
    sequences(event);
    singles(event);
  };
}
