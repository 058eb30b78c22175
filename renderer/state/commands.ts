/**
 * The one list of commands: keyboard, palette, desktop menu and buttons all act through it. An id is what the desktop's
 * menu sends. `keys` are what a command has at first: `lab.keys` says which it has now.
 */
import type { Lab } from './lab.svelte.ts';
import { undoPlace } from './undo-place.ts';

export { keysText } from './shortcuts.ts';

export interface Command {
  readonly id: string;
  readonly title: string;
  /** First is shown; the others work too (a browser keeps some keys for itself). */
  readonly keys: readonly string[];
  /** Words that the palette finds it by, beside its title. */
  readonly words?: string;
  /** Single keys are quiet while a field has the focus. */
  readonly enabled: () => boolean;
  readonly run: () => void | Promise<unknown>;
}

const always = (): boolean => true;

/** Commands of a lab. Panels add theirs (run, pause) by `lab.register`. */
export function labCommands(lab: Lab): readonly Command[] {
  const { machine, files, view, theme, dialogs, zoom } = lab;
  const opened = (): boolean => machine.profile !== null;
  const inLab = (): boolean => opened() && view.screen === 'lab';
  return [
    { id: 'file.new', title: 'New machine', keys: ['Mod+N', 'Alt+N'], enabled: always, run: () => files.newMachine() },
    {
      id: 'file.open',
      title: 'Open…',
      keys: ['Mod+O'],
      words: 'load file',
      enabled: always,
      run: () => files.openFile(),
    },
    { id: 'file.save', title: 'Save', keys: ['Mod+S'], enabled: opened, run: () => files.save() },
    { id: 'file.saveAs', title: 'Save as…', keys: ['Mod+Shift+S'], enabled: opened, run: () => files.saveAs() },
    {
      id: 'file.close',
      title: 'Close the window',
      keys: ['Mod+Shift+W'],
      enabled: () => lab.client.door === 'desktop',
      run: () => files.close(),
    },
    {
      id: 'edit.undo',
      title: 'Undo',
      keys: ['Mod+Z'],
      words: 'machine workload segment design',
      enabled: () => undoPlace(lab).canUndo,
      run: () => undoPlace(lab).undo(),
    },
    {
      id: 'edit.redo',
      title: 'Redo',
      keys: ['Mod+Shift+Z', 'Mod+Y'],
      words: 'machine workload segment design',
      enabled: () => undoPlace(lab).canRedo,
      run: () => undoPlace(lab).redo(),
    },
    { id: 'machine.addNode', title: 'Add a node', keys: ['Insert'], enabled: opened, run: () => lab.nodes.add() },
    {
      id: 'machine.duplicateNode',
      title: 'Duplicate the selected node',
      keys: ['Alt+Insert'],
      enabled: () => lab.nodes.canDuplicate,
      run: () => lab.nodes.duplicate(),
    },
    {
      id: 'machine.removeNode',
      title: 'Remove the selected node',
      keys: ['Delete'],
      enabled: () => inLab() && lab.nodes.canRemove,
      run: () => lab.nodes.remove(),
    },
    {
      id: 'machine.notes',
      title: 'Notes of the machine',
      keys: ['Alt+I'],
      enabled: opened,
      run: () => dialogs.showNotes(),
    },
    { id: 'view.start', title: 'Show Start', keys: ['Mod+1', 'Alt+1'], enabled: always, run: () => view.show('start') },
    { id: 'view.lab', title: 'Show Lab', keys: ['Mod+2', 'Alt+2'], enabled: opened, run: () => view.show('lab') },
    { id: 'view.runs', title: 'Show Runs', keys: ['Mod+3', 'Alt+3'], enabled: always, run: () => view.show('runs') },
    {
      id: 'view.outline',
      title: 'Outline on or off',
      keys: ['Mod+B'],
      words: 'panel left',
      enabled: inLab,
      run: () => view.toggle('outline'),
    },
    {
      id: 'view.inspector',
      title: 'Inspector on or off',
      keys: ['Mod+I'],
      words: 'panel right',
      enabled: inLab,
      run: () => view.toggle('inspector'),
    },
    {
      id: 'view.bottom',
      title: 'Bottom panel on or off',
      keys: ['Mod+J'],
      words: 'budget charts',
      enabled: inLab,
      run: () => view.toggle('bottom'),
    },
    {
      id: 'view.theme',
      title: 'Dark or light',
      keys: ['Alt+T'],
      words: 'theme colours',
      enabled: always,
      run: () => theme.toggle(),
    },
    {
      id: 'view.themeSystem',
      title: 'Dark or light as the system',
      keys: ['Alt+Shift+T'],
      words: 'theme',
      enabled: always,
      run: () => theme.choose('system'),
    },
    {
      id: 'view.zoomIn',
      title: 'Larger',
      keys: ['Mod++', 'Mod+='],
      words: 'zoom in size',
      enabled: () => zoom.canChange,
      run: () => zoom.step(1),
    },
    {
      id: 'view.zoomOut',
      title: 'Smaller',
      keys: ['Mod+-'],
      words: 'zoom out size',
      enabled: () => zoom.canChange,
      run: () => zoom.step(-1),
    },
    {
      id: 'view.zoomReset',
      title: 'Normal size',
      keys: ['Mod+0'],
      words: 'zoom 100 % reset',
      enabled: () => zoom.canChange,
      run: () => zoom.choose(100),
    },
    {
      id: 'view.palette',
      title: 'Commands',
      keys: ['Mod+K'],
      enabled: always,
      run: () => void (view.paletteOpen = !view.paletteOpen),
    },
  ];
}
