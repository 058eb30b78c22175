/** The lab: every method of the contract over the simulator, the disk and the worker threads. */
import { basename, resolve } from 'node:path';
import { version } from '../../package.json';
import {
  flavours,
  followEvents,
  type FollowEvent,
  formatProfile,
  InputError,
  library,
  type MachineProfile,
  makeIssue,
  metrics,
  patterns,
  profileJsonSchema,
  type RunReport,
  type TraceInfo,
  validateProfile,
  xrayMachine,
} from '../sim/index.ts';
import { saveAtomically } from './atomic-file.ts';
import type { Catalogue, LabApi, OpenedMachine, OpenedScript, RunRequest, SavedFile } from './contract.ts';
import type { Dialogs, Lab, LabOptions } from './door.ts';
import { EventHub } from './event-hub.ts';
import { lowMemoryOf } from './low-memory.ts';
import { shapeOf } from './machine-shape.ts';
import * as machines from './machines.ts';
import { RecentMachines } from './recent.ts';
import { Follower } from './follower.ts';
import { OpenedRuns } from './opened-runs.ts';
import { formatRun } from './run-file.ts';
import type { RunOrder } from './run-job.ts';
import { RunManager } from './run-manager.ts';
import { scriptOf } from './script-file.ts';
import { Seeker } from './seeker.ts';
import { checkSegment, segmentCatalogue } from './segments.ts';
import { readBytes, readTextFile } from './text-file.ts';
import { type TraceFile, TraceLibrary } from './trace-library.ts';
import { UnsavedMachines, withKnownHandles } from './unsaved.ts';

const MACHINE_SUFFIX = '.numaq.json';
const RUN_SUFFIX = '.numaq-run.json';
/** A trace of many gigabytes is read for minutes; the window hears of it ten times a second. */
const TRACE_PROGRESS_MS = 100;

/** A lab for one door. Its methods reject with InputError, Cancelled, or what the disk says. */
export function createLab(options: LabOptions): Lab {
  const lab = new LabService(options);
  return {
    api: lab,
    on: (event, listener) => lab.events.on(event, listener),
    openMachineFile: (path) => lab.openMachineFile(resolve(path)),
    openTraceFile: (path, name) => lab.openTraceFile(path, name ?? basename(path), true),
    close: () => lab.close(),
  };
}

class LabService implements LabApi {
  readonly events = new EventHub();
  readonly #dialogs: Dialogs | undefined;
  readonly #recent: RecentMachines;
  readonly #unsaved: UnsavedMachines;
  readonly #traces = new TraceLibrary();
  readonly #openedRuns = new OpenedRuns();
  readonly #runs: RunManager;
  readonly #follower: Follower;
  readonly #seeker: Seeker;
  readonly #closing = new AbortController();

  constructor({ dataDir, workerPath, dialogs }: LabOptions) {
    this.#dialogs = dialogs;
    this.#recent = new RecentMachines(dataDir);
    this.#unsaved = new UnsavedMachines(dataDir);
    this.#follower = new Follower(workerPath);
    this.#seeker = new Seeker(workerPath);
    this.#runs = new RunManager(workerPath, (progress) => this.events.emit('runProgress', progress));
  }

  readonly catalogue: LabApi['catalogue'] = async () => catalogue();

  readonly openBuiltIn: LabApi['openBuiltIn'] = async (id) => machines.openBuiltIn(id);
  readonly check: LabApi['check'] = async (profile) => machines.checkMachine(profile);
  readonly zonelists: LabApi['zonelists'] = async (profile, node) => machines.zonelistsOfNode(profile, node);
  readonly lowMemory: LabApi['lowMemory'] = async (profile) => lowMemoryOf(profile);
  readonly xray: LabApi['xray'] = async (profile, request) => xrayMachine(validateProfile(profile, ''), request);
  readonly xrayRun: LabApi['xrayRun'] = async (runId, request) => this.#runs.xray(runId, request);
  readonly parseMachine: LabApi['parseMachine'] = async (name, text) => machines.openText(text, name);
  readonly formatMachine: LabApi['formatMachine'] = async (profile) => formatProfile(validateProfile(profile, ''));

  readonly openMachine: LabApi['openMachine'] = async () => {
    const path = await this.#dialog().openMachine();
    return path === null ? null : this.openMachineFile(path);
  };
  readonly openRecent: LabApi['openRecent'] = async (handle) => this.openMachineFile(await this.#recent.pathOf(handle));
  readonly recentMachines: LabApi['recentMachines'] = async () => this.#recent.list();
  readonly forgetRecent: LabApi['forgetRecent'] = async (handle) => {
    await this.#recent.forget(handle);
    return null;
  };

  readonly saveMachine: LabApi['saveMachine'] = async (handle, profile) =>
    this.#saveMachine(await this.#recent.pathOf(handle), validateProfile(profile, ''));
  readonly saveMachineAs: LabApi['saveMachineAs'] = async (name, profile) => {
    // Before the dialog: nobody should choose a place for what cannot be saved.
    const checked = validateProfile(profile, '');
    const path = await this.#dialog().saveMachine(withSuffix(name, MACHINE_SUFFIX));
    return path === null ? null : this.#saveMachine(path, checked);
  };

  readonly keepUnsaved: LabApi['keepUnsaved'] = async (machine) => {
    await this.#unsaved.keep(machine);
    return null;
  };
  readonly keepTabs: LabApi['keepTabs'] = async (tabs) => {
    await this.#unsaved.keepTabs(tabs);
    return null;
  };
  readonly dropUnsaved: LabApi['dropUnsaved'] = async (window, tab) => {
    await this.#unsaved.drop(window, tab);
    return null;
  };
  readonly recoverUnsaved: LabApi['recoverUnsaved'] = async (window) => {
    const found = await this.#unsaved.take(window);
    // In the browser's door the handles are the browser's own, which knows itself whether it still has them.
    if (found === null || this.#dialogs === undefined) return found;
    const recent = await this.#recent.handles();
    return withKnownHandles(found, (handle) => recent.has(handle));
  };

  readonly openTrace: LabApi['openTrace'] = async () => {
    const path = await this.#dialog().openTrace();
    return path === null ? null : this.openTraceFile(path, basename(path));
  };
  readonly traces: LabApi['traces'] = async () => this.#traces.list();

  readonly openScript: LabApi['openScript'] = async () => {
    const path = await this.#dialog().openScript();
    if (path === null) return null;
    const name = basename(path);
    return openedScript(await readTextFile(path, name), name);
  };
  readonly parseScript: LabApi['parseScript'] = async (name, text) => openedScript(text, name);

  readonly segmentDesigns: LabApi['segmentDesigns'] = async () => segmentCatalogue();
  readonly predictSegment: LabApi['predictSegment'] = async ({ profile, design }) => checkSegment(profile, design);

  readonly startRun: LabApi['startRun'] = async (request, step) => {
    const { order, files } = this.#ordered(request);
    return this.#runs.start(order, files, step);
  };
  readonly follow: LabApi['follow'] = async (request, wanted) => {
    const { order, files } = this.#ordered(request);
    const { turns } = wanted;
    return this.#follower.start(turns === undefined ? order : { ...order, turns }, files, wanted);
  };
  readonly stopFollowing: LabApi['stopFollowing'] = async () => {
    this.#follower.stop();
    return null;
  };
  readonly pauseRun: LabApi['pauseRun'] = async (runId) => {
    this.#runs.pause(runId);
    return null;
  };
  readonly resumeRun: LabApi['resumeRun'] = async (runId) => {
    this.#runs.resume(runId);
    return null;
  };
  readonly cancelRun: LabApi['cancelRun'] = async (runId) => {
    this.#runs.cancel(runId);
    return null;
  };
  readonly stepRun: LabApi['stepRun'] = async (runId, step) => {
    this.#runs.step(runId, step);
    return null;
  };
  readonly paceRun: LabApi['paceRun'] = async (runId, nsPerSecond) => {
    this.#runs.pace(runId, nsPerSecond);
    return null;
  };
  readonly seek: LabApi['seek'] = async (request, { timeNs, turns }) => {
    const { order, files } = this.#ordered(request);
    return this.#seeker.seek(turns === undefined ? order : { ...order, turns }, files, timeNs);
  };
  readonly xraySeen: LabApi['xraySeen'] = async (request) => this.#seeker.xray(request);
  readonly stopSeeking: LabApi['stopSeeking'] = async () => {
    this.#seeker.stop();
    return null;
  };
  readonly runReport: LabApi['runReport'] = async (runId) => this.#reportOf(runId);
  readonly turnKnob: LabApi['turnKnob'] = async (runId, name, value) => {
    this.#runs.turnKnob(runId, name, value);
    return null;
  };

  readonly interimReport: LabApi['interimReport'] = async (runId) => this.#runs.interimReport(runId);
  readonly openRun: LabApi['openRun'] = async () => {
    const path = await this.#dialog().openRun();
    if (path === null) return null;
    const name = basename(path);
    return this.#openedRuns.open(await readBytes(path, name), name);
  };
  readonly parseRun: LabApi['parseRun'] = async (name, text) => this.#openedRuns.open(Buffer.from(text, 'utf8'), name);
  readonly formatRun: LabApi['formatRun'] = async (runId) => formatRun(this.#reportOf(runId));
  readonly saveRunAs: LabApi['saveRunAs'] = async (runId, name) => {
    const text = formatRun(this.#reportOf(runId));
    const path = await this.#dialog().saveRun(withSuffix(name, RUN_SUFFIX));
    if (path === null) return null;
    await saveAtomically(path, text, basename(path));
    return { handle: runId, name: basename(path) };
  };

  readonly saveFile: LabApi['saveFile'] = async ({ name, type, content }) => {
    const path = await this.#dialog().saveFile(fileName(name), type);
    if (path === null) return null;
    const bytes = 'text' in content ? content.text : Buffer.from(content.base64, 'base64');
    await saveAtomically(path, bytes, basename(path));
    return basename(path);
  };

  async openMachineFile(path: string): Promise<OpenedMachine> {
    const name = basename(path);
    const opened = machines.openText(await readTextFile(path, name), name);
    return { ...opened, handle: await this.#remember(path, opened.checked.profile) };
  }

  async openTraceFile(path: string, name: string, passing = false): Promise<TraceInfo> {
    let told = -TRACE_PROGRESS_MS;
    const progress = (value: number): void => {
      const now = performance.now();
      if (value < 1 && now - told < TRACE_PROGRESS_MS) return;
      told = now;
      this.events.emit('traceProgress', { name, progress: value });
    };
    return this.#traces.open(path, { name, progress, passing, signal: this.#closing.signal });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#follower.stop();
    this.#seeker.stop();
    await this.#unsaved.close();
    await this.#runs.close();
    this.#traces.close();
  }

  #dialog(): Dialogs {
    if (this.#dialogs !== undefined) return this.#dialogs;
    throw new InputError('', [
      makeIssue('no-dialogs', '', 'a door with dialogs', 'the browser, which uploads and downloads'),
    ]);
  }

  /** Of a run that was made here and is done, or of one read from a file. */
  #reportOf(runId: string): RunReport {
    return this.#openedRuns.report(runId) ?? this.#runs.report(runId);
  }

  async #saveMachine(path: string, profile: MachineProfile): Promise<SavedFile> {
    await saveAtomically(path, formatProfile(profile), basename(path));
    return { handle: await this.#remember(path, profile), name: basename(path) };
  }

  /** Puts a file that was opened or saved on top of the recent ones; returns its handle. One that is not valid has no shape. */
  async #remember(path: string, profile: MachineProfile | undefined): Promise<string> {
    if (profile === undefined) return this.#recent.add(path, { title: basename(path) });
    return this.#recent.add(path, { title: profile.title, shape: shapeOf(profile) });
  }

  /** What a worker is given of a request. Throws InputError for a profile that is not valid or a trace that is not open. */
  #ordered(request: RunRequest): { readonly order: RunOrder; readonly files: readonly TraceFile[] } {
    const { workloads, seed, history } = request;
    const profile = validateProfile(request.profile, '');
    const issues = workloads.flatMap((workload, index) => {
      if (workload.kind !== 'trace' || this.#traces.file(workload.trace.sha256) !== undefined) return [];
      return [makeIssue('trace', `workloads[${index}].trace`, 'an opened trace', workload.trace.name)];
    });
    if (issues.length > 0) throw new InputError('', issues);
    const wanted = new Set(workloads.map((workload) => (workload.kind === 'trace' ? workload.trace.sha256 : '')));
    const files = [...wanted].flatMap((sha256) => this.#traces.file(sha256) ?? []);
    return { order: { profile, workloads, seed, ...(history === undefined ? {} : { history }) }, files };
  }
}

function openedScript(text: string, name: string): OpenedScript {
  return { name, script: scriptOf(text, name) };
}

function catalogue(): Catalogue {
  return {
    version,
    machines: machines.machineSummaries(),
    flavours: flavours.map(({ id, title, binding }) => ({ id, title, binding })),
    patterns: patterns.map(({ id, title, description }) => ({ id, title, description })),
    library: library.map(({ id, title, description, imitates, scales, parameters }) => {
      return { id, title, description, imitates, scales, parameters };
    }),
    followEvents: Object.entries(followEvents).map(([id, { title }]) => ({ id: id as FollowEvent, title })),
    metrics: metrics.map(({ id, label, unit, description, better }) => ({ id, label, unit, description, better })),
    profileSchema: profileJsonSchema(),
  };
}

/** A suggestion for a dialog: no folder, and the suffix by which the lab's files are known. */
function withSuffix(name: string, suffix: string): string {
  const base = fileName(name);
  if (base.endsWith('.json')) return base;
  return `${base === '' ? 'machine' : base}${suffix}`;
}

/** A name without what a disk or a shell takes for something else. */
function fileName(name: string): string {
  return name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, '-').trim();
}
