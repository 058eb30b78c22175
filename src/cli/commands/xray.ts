/** `numaq xray`: a request for pages on a machine as it has booted, with every watermark test that it meets. */
import { type Xray, xrayMachine, type XrayRequest, type XrayTest } from '../../sim/index.ts';
import { type Io, NO, OK } from '../io.ts';
import { type MachineOptions, readMachine } from '../machine-argument.ts';
import { figure, table } from '../table.ts';

export interface XrayOptions extends MachineOptions {
  readonly node: number;
  readonly mask: XrayRequest['mask'];
  readonly order: number;
  readonly memalloc?: true;
  readonly json?: true;
}

/** Prints where the request lands. Returns the exit code: 1 where no zone gives. */
export async function xrayCommand(io: Io, machine: string, options: XrayOptions): Promise<number> {
  const profile = await readMachine(machine, options);
  const { node, mask, order, memalloc } = options;
  const xray = xrayMachine(profile, { node, mask, order, memalloc: memalloc === true });
  io.out(options.json ? `${JSON.stringify(xray, null, 2)}\n` : xrayText(xray));
  return xray.outcome.kind === 'taken' ? OK : NO;
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
