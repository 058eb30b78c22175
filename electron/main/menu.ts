/**
 * The menu. An item's id is the id of the face's command, which it sends; the face knows whether that is possible now.
 * Keys are only shown here: the face hears them itself, the same in every door.
 */
import type { Menu, MenuItemConstructorOptions } from 'electron';
import type { PageEvents } from './events.ts';

/** The application's menu, with `name` as the first one on a Mac. */
export function setupMenu(menu: typeof Menu, name: string, events: PageEvents): void {
  const command = (label: string, id: string, accelerator?: string): MenuItemConstructorOptions => ({
    id,
    label,
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
    click: () => events.send('command', { id }),
  });
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const mac = process.platform === 'darwin';

  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [{ label: name, role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        command('New machine', 'file.new', 'CmdOrCtrl+N'),
        command('Open…', 'file.open', 'CmdOrCtrl+O'),
        line,
        command('Save', 'file.save', 'CmdOrCtrl+S'),
        command('Save as…', 'file.saveAs', 'CmdOrCtrl+Shift+S'),
        command('Save all machines', 'file.saveAll'),
        line,
        command('Close the machine', 'tab.close', 'CmdOrCtrl+W'),
        line,
        // A role of its own keys would close the window where the machine is meant.
        mac ? command('Close the window', 'file.close', 'CmdOrCtrl+Shift+W') : { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        command('Undo', 'edit.undo', 'CmdOrCtrl+Z'),
        command('Redo', 'edit.redo', 'CmdOrCtrl+Shift+Z'),
        command('Undo everything since it was opened', 'history.undoAll', 'CmdOrCtrl+Alt+Z'),
        command('Redo everything', 'history.redoAll', 'CmdOrCtrl+Alt+Y'),
        line,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        command('Copy the command line of what is shown', 'edit.copyCommand', 'Alt+C'),
        line,
        command('Add a node', 'machine.addNode'),
        command('Duplicate the selected node', 'machine.duplicateNode'),
        command('Remove the selected node', 'machine.removeNode', 'Delete'),
      ],
    },
    {
      label: '&View',
      submenu: [
        command('Start', 'view.start', 'CmdOrCtrl+1'),
        command('Lab', 'view.lab', 'CmdOrCtrl+2'),
        command('Runs', 'view.runs', 'CmdOrCtrl+3'),
        line,
        command('Next machine', 'tab.next', 'Ctrl+Tab'),
        command('Previous machine', 'tab.previous', 'Ctrl+Shift+Tab'),
        line,
        command('Outline', 'view.outline', 'CmdOrCtrl+B'),
        command('History', 'view.history', 'CmdOrCtrl+Shift+H'),
        command('Inspector', 'view.inspector', 'CmdOrCtrl+I'),
        command('Bottom panel', 'view.bottom', 'CmdOrCtrl+J'),
        line,
        command('Settings…', 'view.settings', 'CmdOrCtrl+,'),
        command('Dark or light', 'view.theme', 'Alt+T'),
        command('Dark or light as the system', 'view.themeSystem', 'Alt+Shift+T'),
        line,
        command('Larger', 'view.zoomIn', 'CmdOrCtrl+Plus'),
        command('Smaller', 'view.zoomOut', 'CmdOrCtrl+-'),
        command('Normal size', 'view.zoomReset', 'CmdOrCtrl+0'),
        { role: 'togglefullscreen' },
        line,
        { role: 'toggleDevTools' },
      ],
    },
    {
      label: '&Run',
      submenu: [
        command('Run or pause', 'run.toggle', 'CmdOrCtrl+Enter'),
        command('Stop', 'run.stop', 'CmdOrCtrl+Shift+Enter'),
      ],
    },
    {
      label: '&Help',
      role: 'help',
      submenu: [
        command('Commands…', 'view.palette', 'CmdOrCtrl+K'),
        command('Tour', 'help.tour', 'Shift+F1'),
        command('Glossary', 'help.glossary', 'F1'),
        command('All keys', 'help.keys'),
        command('Command line of what is shown', 'help.commandLine', 'Alt+Shift+C'),
        command('Notes of the machine', 'machine.notes'),
        line,
        { role: 'about' },
      ],
    },
  ];
  menu.setApplicationMenu(menu.buildFromTemplate(template));
}
