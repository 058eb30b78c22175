/** Export as commands of the palette, keys and the menus of charts, topology and budget. */
import type { Command } from '../../state/commands.ts';
import type { ExportState, Kind, Shown } from './export.svelte.ts';

const KINDS: Readonly<Record<Kind, string>> = { png: 'PNG', svg: 'SVG', csv: 'CSV' };
/** Keys of the three kinds: a picture, a drawing, a table; of the chart plain, of the others with more. */
const KEYS: Readonly<Record<Shown, Readonly<Record<Kind, string>>>> = {
  chart: { png: 'Alt+P', svg: 'Alt+V', csv: 'Alt+E' },
  topology: { png: 'Alt+Shift+P', svg: 'Alt+Shift+V', csv: 'Alt+Shift+E' },
  budget: { png: 'Mod+Alt+P', svg: 'Mod+Alt+V', csv: 'Mod+Alt+E' },
};

/** What is copied, by the letter of what it is of: a picture, and with Shift the numbers. */
const COPY_KEYS: Readonly<Record<Shown, readonly [string, string]>> = {
  chart: ['Shift+C', 'C'],
  topology: ['Y T', 'Y Shift+T'],
  budget: ['Y B', 'Y Shift+B'],
};

/** `chart.png`, `topology.svg`, `budget.csv` and so on; `chart.copy…` and the like. */
export function exportCommands({ exporting }: { readonly exporting: ExportState }): readonly Command[] {
  return (['chart', 'topology', 'budget'] as const).flatMap((what) => {
    const enabled = (): boolean => exporting.has(what);
    const words = `export picture image file ${what}`;
    const name = what === 'budget' ? 'low-memory budget' : what;
    return [
      ...(['png', 'svg', 'csv'] as const).map((kind): Command => ({
        id: `${what}.${kind}`,
        title: `Save the ${name} as ${KINDS[kind]}…`,
        keys: [KEYS[what][kind]],
        words,
        enabled,
        run: () => exporting.save(what, kind),
      })),
      {
        id: `${what}.copyPicture`,
        title: `Copy the ${name} as a picture`,
        keys: [COPY_KEYS[what][0]],
        words: `${words} clipboard png`,
        enabled,
        run: () => exporting.copy(what, 'png'),
      },
      {
        id: `${what}.copyNumbers`,
        title: `Copy the numbers of the ${name}`,
        keys: [COPY_KEYS[what][1]],
        words: `${words} clipboard csv table`,
        enabled,
        run: () => exporting.copy(what, 'csv'),
      },
    ];
  });
}
