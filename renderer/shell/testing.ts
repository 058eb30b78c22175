/** For tests of the window: a lab without a transport behind it. */
import { checkMachine, machineSummaries, openBuiltIn, openText } from '../../src/lab/machines.ts';
import type {
  Catalogue,
  EventName,
  KeptTabs,
  LabEvents,
  OpenedMachine,
  RecoveredTabs,
  UnsavedMachine,
} from '../../src/lab/contract.ts';
import { lowMemoryOf } from '../../src/lab/low-memory.ts';
import { checkSegment, segmentCatalogue } from '../../src/lab/segments.ts';
import { flavours, formatProfile, profileJsonSchema, type MachineProfile } from '../../src/sim/index.ts';
import type { Client } from '../client/client.ts';

export const catalogue: Catalogue = {
  version: '0.0.0',
  machines: machineSummaries(),
  flavours: flavours.map(({ id, title, binding }) => ({ id, title, binding })),
  patterns: [{ id: 'stream', title: 'Stream', description: '' }],
  library: [],
  followEvents: [],
  metrics: [],
  profileSchema: profileJsonSchema(),
};

export interface Fake {
  readonly client: Client;
  readonly saved: MachineProfile[];
  readonly kept: UnsavedMachine[];
  readonly order: KeptTabs[];
  /** Tabs whose side files were taken away. */
  readonly dropped: (string | null)[];
  /** What the lab before left. */
  left: RecoveredTabs | null;
  fire<E extends EventName>(event: E, payload: LabEvents[E]): void;
  next: () => Promise<OpenedMachine | null>;
}

/** A lab without a transport: machines and checks are real, files and runs are not. */
export function fakeLab(): Fake {
  const listeners: { event: EventName; listener: (payload: never) => void }[] = [];
  const fake: Fake = {
    saved: [],
    kept: [],
    order: [],
    dropped: [],
    left: null,
    next: () => Promise.resolve(null),
    fire: (event, payload) => {
      for (const entry of listeners) if (entry.event === event) entry.listener(payload as never);
    },
    client: {
      door: 'desktop',
      on: (event, listener) => {
        const entry = { event, listener };
        listeners.push(entry);
        return () => void listeners.splice(listeners.indexOf(entry), 1);
      },
      catalogue: () => Promise.resolve(catalogue),
      openBuiltIn: (id) => Promise.resolve(openBuiltIn(id)),
      check: (profile) => Promise.resolve(checkMachine(profile)),
      zonelists: () => Promise.resolve([]),
      parseMachine: (name, text) => Promise.resolve(openText(text, name)),
      formatMachine: (profile) => Promise.resolve(formatProfile(profile as MachineProfile)),
      openMachine: () => fake.next(),
      openRecent: (handle) => Promise.resolve({ ...openBuiltIn('pc-256m'), handle }),
      recentMachines: () =>
        Promise.resolve([{ handle: 'h1', name: 'mine.numaq.json', title: 'Mine', when: '2026-01-02T03:04:05Z' }]),
      forgetRecent: () => Promise.resolve(null),
      saveMachine: (handle, profile) => {
        fake.saved.push(profile as MachineProfile);
        return Promise.resolve({ handle, name: 'mine.numaq.json' });
      },
      saveMachineAs: (name, profile) => {
        fake.saved.push(profile as MachineProfile);
        return Promise.resolve({ handle: 'h2', name });
      },
      keepUnsaved: (machine) => {
        fake.kept.push(machine);
        return Promise.resolve(null);
      },
      keepTabs: (tabs) => {
        fake.order.push(tabs);
        return Promise.resolve(null);
      },
      dropUnsaved: (_, tab) => {
        fake.dropped.push(tab);
        return Promise.resolve(null);
      },
      recoverUnsaved: () => Promise.resolve(fake.left),
      openTrace: () => Promise.resolve(null),
      traces: () => Promise.resolve([]),
      lowMemory: (profile) => Promise.resolve(lowMemoryOf(profile)),
      segmentDesigns: () => Promise.resolve(segmentCatalogue()),
      xray: () => Promise.reject(new Error('not in this test')),
      xrayRun: () => Promise.reject(new Error('not in this test')),
      predictSegment: ({ profile, design }) => Promise.resolve(checkSegment(profile, design)),
      startRun: () => Promise.resolve('r1'),
      pauseRun: () => Promise.resolve(null),
      resumeRun: () => Promise.resolve(null),
      cancelRun: () => Promise.resolve(null),
      stepRun: () => Promise.resolve(null),
      paceRun: () => Promise.resolve(null),
      seek: () => Promise.reject(new Error('no run')),
      xraySeen: () => Promise.reject(new Error('no run')),
      stopSeeking: () => Promise.resolve(null),
      runReport: () => Promise.reject(new Error('no run')),
      turnKnob: () => Promise.resolve(null),
      interimReport: () => Promise.reject(new Error('no run')),
      follow: () => Promise.reject(new Error('no run')),
      stopFollowing: () => Promise.resolve(null),
      openScript: () => Promise.resolve(null),
      openRun: () => Promise.resolve(null),
      parseRun: () => Promise.reject(new Error('not here')),
      parseScript: () => Promise.reject(new Error('no script')),
      formatRun: () => Promise.resolve(''),
      saveRunAs: () => Promise.resolve(null),
      saveFile: () => Promise.resolve(null),
    },
  };
  return fake;
}
