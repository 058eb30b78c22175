/** Everything that a window's components share, put together once. It holds the parts and does nothing itself. */
import { getContext, setContext } from 'svelte';
import type { Catalogue } from '../../src/lab/contract.ts';
import type { Client } from '../client/client.ts';
import { windowId } from '../client/window-id.ts';
import { compareCommands } from '../panels/compare/commands.ts';
import { CompareState } from '../panels/compare/compare.svelte.ts';
import { placeName } from '../panels/inspector/hints.ts';
import { asSchema } from '../panels/inspector/schema.ts';
import { resultsCommands } from '../panels/results/commands.ts';
import { lowMemoryCommands } from '../panels/lowmem/commands.ts';
import { LowMemoryState } from '../panels/lowmem/low-memory.svelte.ts';
import { ResultsView } from '../panels/results/results-view.svelte.ts';
import { runCommands } from '../panels/runbar/commands.ts';
import { SteppingState } from '../panels/runbar/stepping.svelte.ts';
import { segmentCommands } from '../panels/segment/commands.ts';
import { SegmentState } from '../panels/segment/segment.svelte.ts';
import { xrayCommands } from '../panels/xray/commands.ts';
import { timelineCommands } from '../panels/timeline/commands.ts';
import { TimelineState } from '../panels/timeline/timeline.svelte.ts';
import { XrayState } from '../panels/xray/xray.svelte.ts';
import { WorkloadState } from '../panels/runbar/workload.svelte.ts';
import { AutosaveState } from './autosave.svelte.ts';
import { labCommands, type Command } from './commands.ts';
import { DialogsState } from './dialogs.svelte.ts';
import { editNames } from './edit-name.ts';
import { FilesState } from './files.svelte.ts';
import { historyCommands } from './history-commands.ts';
import { KeysState } from './keys.svelte.ts';
import { MachineState } from './machine.svelte.ts';
import { NodesState } from './nodes.svelte.ts';
import { NoticeState } from './notice.svelte.ts';
import { PlayheadState } from './playhead.svelte.ts';
import { RecentState } from './recent.svelte.ts';
import { RunsState } from './runs.svelte.ts';
import { SelectionState } from './selection.svelte.ts';
import { ThemeState } from './theme.svelte.ts';
import { ViewState } from './view.svelte.ts';

export class Lab {
  readonly client: Client;
  /** Registries and the profile's JSON Schema: never changes while the window is open. */
  readonly catalogue: Catalogue;
  readonly machine: MachineState;
  readonly selection = new SelectionState();
  readonly nodes: NodesState;
  readonly runs: RunsState;
  /** Which moment of the current run is looked at. */
  readonly playhead: PlayheadState;
  /** What one step of a run or of the playhead is. */
  readonly stepping: SteppingState;
  /** Which stretch of the run the timeline shows. */
  readonly timeline: TimelineState;
  /** What will run: programs with their CPUs, and the seed. */
  readonly workload: WorkloadState;
  /** Which table of a run is shown. */
  readonly results = new ResultsView();
  /** The segment of shared memory that is being designed. */
  readonly segment: SegmentState;
  /** Which item of low memory is explained, where boot fails, every split. */
  readonly lowMemory: LowMemoryState;
  /** The request for pages that is laid open. */
  readonly xray: XrayState;
  /** Which runs stand side by side, two to eight. */
  readonly compare: CompareState;
  readonly recent: RecentState;
  readonly theme = new ThemeState();
  readonly view = new ViewState();
  /** Which keys each command has. */
  readonly keys = new KeysState(() => this.commands);
  readonly dialogs = new DialogsState();
  /** What was just done, where nothing else on the screen says it. */
  readonly notice = new NoticeState();
  /** Keeps what is on the table for the case that the lab ends without saving. */
  readonly autosave: AutosaveState;
  readonly files: FilesState;

  #commands = $state.raw<readonly Command[]>([]);

  constructor(client: Client, catalogue: Catalogue) {
    this.client = client;
    this.catalogue = catalogue;
    const schema = asSchema(catalogue.profileSchema);
    this.machine = new MachineState(client, editNames(schema, catalogue.flavours));
    this.nodes = new NodesState(this.machine, this.selection, this.dialogs, this.notice);
    this.runs = new RunsState(client);
    this.playhead = new PlayheadState(this.runs, client);
    this.stepping = new SteppingState(this.runs);
    this.timeline = new TimelineState(this.runs, this.playhead);
    this.compare = new CompareState(this.runs);
    this.lowMemory = new LowMemoryState(client);
    this.segment = new SegmentState(client);
    this.xray = new XrayState(client);
    this.workload = new WorkloadState(catalogue.patterns, catalogue.library);
    this.workload.ondesign = () => this.view.show('segment');
    this.recent = new RecentState(client);
    const { machine, recent, dialogs, selection, view, notice } = this;
    const fieldName = (path: string): string => placeName(path, schema, machine.profile);
    this.autosave = new AutosaveState({ client, machine, windowId, say: (text) => notice.say(text) });
    const { autosave } = this;
    this.files = new FilesState({ client, machine, recent, dialogs, selection, view, notice, autosave, fieldName });
    this.#commands = [
      ...labCommands(this),
      ...historyCommands(this),
      ...runCommands(this),
      ...timelineCommands(this),
      ...resultsCommands(this),
      ...lowMemoryCommands(this),
      ...segmentCommands(this),
      ...xrayCommands(this),
      ...compareCommands(this),
    ];
  }

  /** Every command, in the order of the palette. */
  get commands(): readonly Command[] {
    return this.#commands;
  }

  /** Adds commands of a component; returns what takes them away (call it when the component goes). */
  register(commands: readonly Command[]): () => void {
    this.#commands = [...this.#commands, ...commands];
    return () => {
      this.#commands = this.#commands.filter((command) => !commands.includes(command));
    };
  }

  /** Runs the command of that id if there is one and it is enabled. */
  command(id: string): void {
    const command = this.#commands.find((candidate) => candidate.id === id);
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
