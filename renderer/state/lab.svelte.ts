/** Everything that a window's components share, put together once. It holds the parts and does nothing itself. */
import { getContext, setContext } from 'svelte';
import type { Catalogue } from '../../src/lab/contract.ts';
import type { Client } from '../client/client.ts';
import { windowId } from '../client/window-id.ts';
import { ChartsState } from '../panels/charts/charts.svelte.ts';
import { chartCommands } from '../panels/charts/commands.ts';
import { compareCommands } from '../panels/compare/commands.ts';
import { CompareState } from '../panels/compare/compare.svelte.ts';
import { OverlaidState } from '../panels/compare/overlaid.svelte.ts';
import { helpCommands } from '../help/commands.ts';
import { HelpState } from '../help/help.svelte.ts';
import { issueText, nodesThere, placeName } from '../panels/inspector/hints.ts';
import { exportCommands } from '../panels/export/commands.ts';
import { ExportState } from '../panels/export/export.svelte.ts';
import { asSchema } from '../panels/inspector/schema.ts';
import { resultsCommands } from '../panels/results/commands.ts';
import { lowMemoryCommands } from '../panels/lowmem/commands.ts';
import type { LowMemoryState } from '../panels/lowmem/low-memory.svelte.ts';
import { ResultsView } from '../panels/results/results-view.svelte.ts';
import { runCommands } from '../panels/runbar/commands.ts';
import { SteppingState } from '../panels/runbar/stepping.svelte.ts';
import { runWithCommands } from '../panels/runwith/commands.ts';
import { RunWithState } from '../panels/runwith/run-with.svelte.ts';
import { segmentCommands } from '../panels/segment/commands.ts';
import { SegmentState } from '../panels/segment/segment.svelte.ts';
import { xrayCommands } from '../panels/xray/commands.ts';
import { timelineCommands } from '../panels/timeline/commands.ts';
import { TimelineState } from '../panels/timeline/timeline.svelte.ts';
import { MissesState } from '../panels/xray/misses.svelte.ts';
import type { XrayState } from '../panels/xray/xray.svelte.ts';
import { WorkloadState } from '../panels/runbar/workload.svelte.ts';
import { topologyCommands } from '../topology/commands.ts';
import { TopologyState } from '../topology/topology.svelte.ts';
import { AutosaveState } from './autosave.ts';
import { labCommands, type Command } from './commands.ts';
import { DialogsState } from './dialogs.svelte.ts';
import { editNames } from './edit-name.ts';
import { FilesState } from './files.svelte.ts';
import { historyCommands } from './history-commands.ts';
import { KeysState } from './keys.svelte.ts';
import { lookAgain } from './looked.ts';
import type { MachineState } from './machine.svelte.ts';
import type { NodesState } from './nodes.svelte.ts';
import { NoticeState } from './notice.svelte.ts';
import { PlayheadState } from './playhead.svelte.ts';
import { problemCommands } from './problem-commands.ts';
import { ProblemsState } from './problems.svelte.ts';
import { recentCommands } from './recent-commands.ts';
import { RecentState } from './recent.svelte.ts';
import { RunsState } from './runs.svelte.ts';
import type { SelectionState } from './selection.svelte.ts';
import type { Tab } from './tab.svelte.ts';
import { tabCommands } from './tab-commands.ts';
import { TabsState } from './tabs.svelte.ts';
import { ThemeState } from './theme.svelte.ts';
import { ViewState } from './view.svelte.ts';
import { ZoomState } from './zoom.svelte.ts';

export class Lab {
  readonly client: Client;
  /** Registries and the profile's JSON Schema: never changes while the window is open. */
  readonly catalogue: Catalogue;
  /** The machines that are open; `machine`, `selection`, `nodes`, `lowMemory` and `xray` are those of the current tab. */
  readonly tabs: TabsState;
  /** Of all tabs, so that runs of two machines can be compared. */
  readonly runs: RunsState;
  /** Which moment of the current run is looked at. */
  readonly playhead: PlayheadState;
  /** The way from one missed request of a run to the next. */
  readonly misses: MissesState;
  /** What one step of a run or of the playhead is. */
  readonly stepping: SteppingState;
  /** Which stretch of the run the timeline shows. */
  readonly timeline: TimelineState;
  /** What will run: programs with their CPUs, and the seed. */
  readonly workload: WorkloadState;
  /** The drawing of the current tab's machine: what of it is seen, and edits in it. */
  readonly topology = new TopologyState(this);
  /** The charts of the window, with the zoom and the cursor that they share. */
  readonly charts = new ChartsState();
  /** Saves what the window shows as pictures and tables. */
  readonly exporting = new ExportState(this);
  /** Which table of a run is shown. */
  readonly results = new ResultsView();
  /** The segment of shared memory that is being designed. */
  readonly segment: SegmentState;
  /** Which runs stand side by side, two to eight. */
  readonly compare: CompareState;
  /** Their charts over one axis. */
  readonly overlaid: OverlaidState;
  /** A run that is taken up again with other values. */
  readonly runWith: RunWithState;
  readonly recent: RecentState;
  readonly theme = new ThemeState();
  readonly zoom: ZoomState;
  readonly view = new ViewState();
  /** Glossary, settings, tour, command line. */
  readonly help = new HelpState();
  /** Which keys each command has. */
  readonly keys: KeysState;
  readonly dialogs = new DialogsState();
  /** What was just done, where nothing else on the screen says it. */
  readonly notice = new NoticeState();
  /** What is wrong with the current tab's machine. */
  readonly problems: ProblemsState;
  /** Keeps what is on the table for the case that the lab ends without saving. */
  readonly autosave: AutosaveState;
  readonly files: FilesState;

  #registered = $state.raw<readonly Command[]>([]);
  /** Made anew for each tab: they act on its machine. */
  readonly #own: readonly Command[] = $derived.by(() => [
    ...labCommands(this),
    ...tabCommands(this),
    ...recentCommands(this),
    ...historyCommands(this),
    ...problemCommands(this),
    ...runCommands(this),
    ...timelineCommands(this),
    ...chartCommands(this),
    ...exportCommands(this),
    ...resultsCommands(this),
    ...lowMemoryCommands(this),
    ...segmentCommands(this),
    ...xrayCommands(this),
    ...compareCommands(this),
    ...topologyCommands(this),
    ...helpCommands(this),
    ...runWithCommands(this),
  ]);

  constructor(client: Client, catalogue: Catalogue) {
    this.client = client;
    this.keys = new KeysState(() => this.commands, client.door === 'browser');
    this.zoom = new ZoomState(client.door === 'desktop' ? client.zoom : undefined);
    this.catalogue = catalogue;
    const schema = asSchema(catalogue.profileSchema);
    const { dialogs, notice, view } = this;
    this.tabs = new TabsState({ client, nameOf: editNames(schema, catalogue.flavours), dialogs, notice });
    this.runs = new RunsState(client);
    this.tabs.onshow = (tab) => this.runs.showOf(tab.machine);
    this.playhead = new PlayheadState(this.runs, client);
    this.misses = new MissesState(this.runs, this.playhead);
    this.runs.onpaused = (run) => this.misses.arrived(run);
    this.stepping = new SteppingState(this.runs);
    this.timeline = new TimelineState(this.runs, this.playhead);
    this.compare = new CompareState(this.runs);
    this.overlaid = new OverlaidState(this.compare, catalogue);
    this.runWith = new RunWithState({ client, catalogue, runs: this.runs, compare: this.compare, notice });
    this.segment = new SegmentState(client);
    this.workload = new WorkloadState(catalogue.patterns, catalogue.library);
    this.workload.ondesign = () => this.view.show('segment');
    this.recent = new RecentState(client);
    const { tabs, recent } = this;
    const fieldName = (path: string, tab: Tab): string => placeName(path, schema, tab.machine.profile);
    this.autosave = new AutosaveState({
      client,
      tabs,
      windowId,
      say: (text) => notice.say(text),
      lookAgain: (looked) => lookAgain(looked, this),
    });
    const { autosave } = this;
    this.problems = new ProblemsState({
      machine: () => this.machine,
      placeName: (path) => fieldName(path, tabs.current),
      describe: (issue) => {
        const sentence = issueText(issue, '', (path) => fieldName(path, tabs.current));
        return sentence + nodesThere(issue, this.machine.profile);
      },
      show: ({ kind, path }) => {
        if (path !== '') this.reveal(path);
        else if (kind === 'boot') view.show('lowMemory');
        else {
          view.show('lab');
          view.setOpen('bottom', true);
          this.results.tab = 'boot';
        }
      },
    });
    this.files = new FilesState({ client, tabs, recent, dialogs, view, notice, autosave, fieldName });
  }

  /** Shows the field at a path of the current tab's machine in the inspector, and gives it the focus. */
  reveal(path: string): void {
    const { profile } = this.machine;
    if (profile === null) return;
    this.view.show('lab');
    this.view.setOpen('inspector', true);
    this.selection.reveal(path, profile);
  }

  /** The machine of the current tab: a component that keeps it is made anew when another tab is looked at. */
  get machine(): MachineState {
    return this.tabs.current.machine;
  }

  /** What is selected in the current tab. */
  get selection(): SelectionState {
    return this.tabs.current.selection;
  }

  get nodes(): NodesState {
    return this.tabs.current.nodes;
  }

  /** Low memory of the current tab's machine. */
  get lowMemory(): LowMemoryState {
    return this.tabs.current.lowMemory;
  }

  /** The request for pages that is laid open on the current tab's machine. */
  get xray(): XrayState {
    return this.tabs.current.xray;
  }

  /** Every command, in the order of the palette. */
  get commands(): readonly Command[] {
    return [...this.#own, ...this.#registered];
  }

  /** Adds commands of a component; returns what takes them away (call it when the component goes). */
  register(commands: readonly Command[]): () => void {
    this.#registered = [...this.#registered, ...commands];
    return () => {
      this.#registered = this.#registered.filter((command) => !commands.includes(command));
    };
  }

  /** Runs the command of that id if there is one and it is enabled. */
  command(id: string): void {
    const command = this.commands.find((candidate) => candidate.id === id);
    if (command?.enabled() === true) void command.run();
  }
}

const key = Symbol('lab');

/** Gives the lab to the components below; called once, by App. */
export function setLab(lab: Lab): Lab {
  return setContext(key, lab);
}

/** The lab of this window. Throws where App did not give one. */
export function useLab(): Lab {
  const lab = getContext<Lab | undefined>(key);
  if (lab === undefined) throw new Error('No lab in the context: render the component inside App.');
  return lab;
}
