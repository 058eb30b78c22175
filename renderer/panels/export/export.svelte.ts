/** Saves and copies what the window shows, as pictures and as tables, and says what became of it. */
import type { Catalogue, MadeFile } from '../../../src/lab/contract.ts';
import type { Client } from '../../client/client.ts';
import type { DialogsState } from '../../state/dialogs.svelte.ts';
import { failureOf } from '../../state/failure.ts';
import type { MachineState } from '../../state/machine.svelte.ts';
import type { NoticeState } from '../../state/notice.svelte.ts';
import type { PlayheadState } from '../../state/playhead.svelte.ts';
import type { Run, RunsState } from '../../state/runs.svelte.ts';
import type { SelectionState } from '../../state/selection.svelte.ts';
import type { ViewState } from '../../state/view.svelte.ts';
import { chartSpec } from '../charts/chart-spec.ts';
import type { ChartsState } from '../charts/charts.svelte.ts';
import { sourceMap } from '../charts/sources.ts';
import type { OverlaidState } from '../compare/overlaid.svelte.ts';
import { copyText } from '../parts/clipboard.ts';
import { chartPng, chartSvg, type PictureOf } from './chart-picture.ts';
import { partOf, partPng, partSvg } from './page-picture.ts';
import { budgetCsv, chartCsv, topologyCsv } from './tables.ts';

/** What can be exported, and as what. */
export type Shown = 'chart' | 'topology' | 'budget';
export type Kind = 'png' | 'svg' | 'csv';

export interface Exporting {
  readonly client: Pick<Client, 'saveFile'>;
  readonly catalogue: Catalogue;
  readonly machine: MachineState;
  readonly runs: Pick<RunsState, 'current'>;
  readonly selection: SelectionState;
  readonly playhead: Pick<PlayheadState, 'moment'>;
  readonly charts: ChartsState;
  /** The charts of compared runs, which are meant on their screen. */
  readonly overlaid: OverlaidState;
  readonly view: Pick<ViewState, 'screen'>;
  readonly dialogs: DialogsState;
  readonly notice: NoticeState;
}

const TYPES: Readonly<Record<Kind, MadeFile['type']>> = { png: 'image/png', svg: 'image/svg+xml', csv: 'text/csv' };

export class ExportState {
  /** The lab, whose machine is another one with every tab. */
  readonly #lab: Exporting;

  constructor(lab: Exporting) {
    this.#lab = lab;
  }

  /** True where `what` is on the screen with something in it. */
  has(what: Shown): boolean {
    if (what === 'chart') return (this.#chart()?.spec.series.length ?? 0) > 0;
    return this.#lab.machine.layout !== null && partOf(what) !== undefined;
  }

  /** Saves by dialog or download; says why where that fails. */
  async save(what: Shown, kind: Kind): Promise<void> {
    const { client, notice, dialogs } = this.#lab;
    try {
      const content = kind === 'png' ? { base64: await toBase64(await this.#png(what)) } : await this.#text(what, kind);
      const name = `${this.#name(what)}.${kind}`;
      const saved = await client.saveFile({ name, type: TYPES[kind], content });
      if (saved !== null) notice.say(`Saved ${saved}.`);
    } catch (error) {
      await dialogs.showFailure('It was not saved', failureOf(error));
    }
  }

  /** Puts a picture, or the numbers as text, on the clipboard. */
  async copy(what: Shown, kind: 'png' | 'csv'): Promise<void> {
    const { notice, dialogs } = this.#lab;
    try {
      if (kind === 'csv') {
        const { text } = await this.#text(what, 'csv');
        if (!(await copyText(text))) throw new Error('The clipboard cannot be used here: save a file instead.');
      } else {
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': this.#png(what) })]);
      }
      notice.say(kind === 'csv' ? 'Copied the numbers.' : 'Copied the picture.');
    } catch (error) {
      await dialogs.showFailure('It was not copied', failureOf(error));
    }
  }

  #png(what: Shown): Promise<Blob> {
    return what === 'chart' ? chartPng(this.#charted()) : partPng(this.#part(what));
  }

  async #text(what: Shown, kind: 'svg' | 'csv'): Promise<{ readonly text: string }> {
    if (kind === 'csv') return { text: this.#csv(what) };
    return { text: what === 'chart' ? chartSvg(this.#charted()) : await partSvg(this.#part(what)) };
  }

  #csv(what: Shown): string {
    const { machine, playhead } = this.#lab;
    const { profile, layout } = machine;
    if (what === 'chart') {
      const { spec, span } = this.#charted();
      return chartCsv(spec, span);
    }
    if (layout === null || profile === null) throw new Error('There is no machine on the table.');
    return what === 'budget'
      ? budgetCsv(layout)
      : topologyCsv(profile, layout, this.#run() === null ? null : playhead.moment);
  }

  /** The current run, where it is of the machine on the table. */
  #run(): Run | null {
    const { runs, machine } = this.#lab;
    return runs.current?.start.profile === machine.profile ? runs.current : null;
  }

  #part(what: Shown): HTMLElement {
    const part = partOf(what);
    if (part === undefined) throw new Error(`The ${what} is not on the screen: show the Lab first.`);
    return part;
  }

  #charted(): PictureOf {
    const chart = this.#chart();
    if (chart === null) throw new Error('There is no chart of a run on the screen.');
    return chart;
  }

  /** The chart that had the focus last, as it is drawn. */
  #chart(): PictureOf | null {
    const { charts, runs, selection, catalogue, overlaid, view } = this.#lab;
    if (view.screen === 'compare') return overlaid.picture();
    const def = charts.current;
    if (def === undefined || runs.current === null || runs.current.frameCount === 0) return null;
    const run = charts.runOf(def, runs.current) as Run;
    const sources = sourceMap(run, catalogue.metrics);
    const spec = chartSpec(def, { run, selection: selection.current, sources });
    const { number, start } = run;
    const caption = `Run ${number}: ${start.profile.title}, ${start.title}, seed ${start.seed}`;
    return { spec, span: charts.zoom.span ?? { from: 0, to: Math.max(1, run.column('timeNs').at(-1) ?? 1) }, caption };
  }

  #name(what: Shown): string {
    const { machine, charts, overlaid, view } = this.#lab;
    if (what !== 'chart') return `${machine.profile?.title ?? 'Machine'} ${what}`;
    return view.screen === 'compare' ? overlaid.fileName : (charts.current?.title ?? 'Chart');
  }
}

/** Bytes as base64, which crosses processes as text. */
async function toBase64(blob: Blob): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = (): void => resolve(String(reader.result));
    reader.onerror = (): void => reject(new Error('The picture could not be read.'));
    reader.readAsDataURL(blob);
  });
  return url.slice(url.indexOf(',') + 1);
}
