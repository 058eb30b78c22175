/**
 * `numaq xray`: a request for pages on a machine as it has booted, or as a run has left it at a time, with every watermark
 * test that it meets.
 */
import {
  type MachineProfile,
  type SeenRequest,
  type SeenRequests,
  type SeenZone,
  type Xray,
  xrayMachine,
  type XrayRequest,
  type XrayTest,
} from '../../sim/index.ts';
import { type Io, NO, OK } from '../io.ts';
import { readMachine } from '../machine-argument.ts';
import { OpenTraces } from '../open-traces.ts';
import { openWorkloads } from '../open-workloads.ts';
import { type RunOptions, turnsOf } from '../run-options.ts';
import { simulate } from '../simulate.ts';
import { figure, table, time } from '../table.ts';
import type { WorkloadOptions } from '../workload-options.ts';

export interface XrayOptions extends RunOptions {
  readonly node: number;
  readonly mask: XrayRequest['mask'];
  readonly order: number;
  readonly memalloc?: true;
  /** Virtual time, ns. */
  readonly at?: number;
}

interface Looked {
  readonly xray: Xray;
  /** Of the run that it was looked at in, ns. */
  readonly timeNs?: number;
}

/** Prints where the request lands. Returns the exit code: 1 where no zone gives. */
export async function xrayCommand(
  io: Io,
  machine: string,
  options: XrayOptions,
  workloads: readonly WorkloadOptions[],
): Promise<number> {
  const profile = await readMachine(machine, options);
  const { node, mask, order, memalloc } = options;
  const request = { node, mask, order, memalloc: memalloc === true };
  const { xray, timeNs } =
    workloads.length === 0
      ? { xray: xrayMachine(profile, request) }
      : await xrayRun(io, profile, options, workloads, request);
  if (options.json) io.out(`${JSON.stringify(xray, null, 2)}\n`);
  else io.out([...(timeNs === undefined ? [] : [`At ${time(timeNs)} of virtual time.\n`]), xrayText(xray)].join('\n'));
  return xray.outcome.kind === 'taken' ? OK : NO;
}

async function xrayRun(
  io: Io,
  profile: MachineProfile,
  options: XrayOptions,
  workloads: readonly WorkloadOptions[],
  request: XrayRequest,
): Promise<Looked> {
  const traces = new OpenTraces(io);
  try {
    const specs = await openWorkloads(workloads, profile, traces);
    const order = { profile, workloads: specs, seed: options.seed ?? 0, ...turnsOf(options) };
    const until = options.at === undefined ? {} : { untilNs: options.at };
    const { simulation } = await simulate(io, order, traces, { live: true, ...until });
    return { xray: simulation.xray(request), timeNs: simulation.timeNs };
  } finally {
    traces.close();
  }
}

/** Zones behind the one that gives are for the JSON, but for so many. */
const MOST_BEHIND = 8;

function xrayText(xray: Xray): string {
  const parts = [`${xray.title}\n${xray.because.map((text) => `${text}\n`).join('')}`];
  for (const { words, tests } of xray.walks) {
    const reached = tests.filter(({ outcome }) => outcome !== 'not reached').length;
    const shown = tests.slice(0, reached + MOST_BEHIND);
    const behind = tests.length - shown.length;
    const head = ['zone', 'miss ns', 'free', 'min', 'low', 'high', 'bar', 'test', 'result'];
    const rows = shown.map((test) => {
      const { node, name, index, missNs, min, low, high } = xray.zones[test.at];
      const which = `${name}${index > 0 ? ` #${index}` : ''} ${node}`;
      const [bar, compared] = testText(test, xray.sign);
      return [which, Math.round(missNs), test.free, min, low, high, bar, compared, test.outcome];
    });
    parts.push(`${words}:\n${table(head, rows)}${behind > 0 ? `and ${figure(behind)} more\n` : ''}`);
  }
  parts.push(`Rule of ${xray.rule}\n`);
  if (xray.seen !== null) parts.push(seenText(xray.seen));
  return parts.join('\n');
}

function testText(
  { before, mark, reserve, bar, free, outcome, byHigh, failedOrder }: XrayTest,
  sign: Xray['sign'],
): [string, string] {
  if (bar === null) return ['none', ''];
  const [start, end, has] = [before, bar, free].map(figure);
  const sum = `${start} + ${figure(mark)}${reserve > 0 ? ` + ${figure(reserve)}` : ''} = ${end}`;
  if (outcome === 'not reached') return [sum, ''];
  if (byHigh) return [sum, 'has its high mark'];
  if (failedOrder > 0) return [sum, `too little from order ${failedOrder} up`];
  const holds = sign === '≥' ? free >= bar : free > bar;
  return [sum, `${has} ${holds ? sign : sign === '≥' ? '<' : '≤'} ${end}`];
}

const zoneText = ({ name, node, index }: SeenZone): string => `${name}${index > 0 ? ` #${index}` : ''} ${node}`;

/** What the run has asked for so far. */
function seenText({ requests, misses, last, lastMiss, alike }: SeenRequests): string {
  const lines = [
    `${figure(requests)} requests of the run so far, ${figure(misses)} not served by the first of their zones`,
  ];
  if (alike.count > 0) {
    const served = alike.zones.map((zone) => `${zoneText(zone)}: ${figure(zone.count)}`);
    const failed = alike.failed === 0 ? [] : [`none: ${figure(alike.failed)}`];
    lines.push(`the last ${figure(alike.count)} like this one were served by ${[...served, ...failed].join(', ')}`);
  }
  if (last !== null) lines.push(`the last one: ${requestText(last)}`);
  if (lastMiss !== null && lastMiss.number !== last?.number) lines.push(`the last miss: ${requestText(lastMiss)}`);
  return lines.map((line) => `${line}\n`).join('');
}

function requestText({ timeNs, task, cpu, node, cause, mask, order, tests, served, from }: SeenRequest): string {
  const who = `${task === '' ? 'nobody' : task} on CPU ${cpu} of node ${node}`;
  const what = `${mask}, order ${order}, for ${cause}() at ${time(timeNs)}`;
  if (served === null) return `${who}, ${what}: none`;
  const tested = `${figure(tests.length)} ${tests.length === 1 ? 'zone' : 'zones'} tested`;
  return `${who}, ${what}: ${zoneText(served)} (${from ?? 'free lists'}), ${tested}`;
}
