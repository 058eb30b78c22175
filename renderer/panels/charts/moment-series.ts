/** Series that stand in the moments of a run: shares of CPUs, nodes and links, owners of zones. Their ids say where. */
import type { CpuMoment, Moment, NodeMoment } from '../../../src/sim/engine/moment.ts';

export type CpuPart = Exclude<keyof CpuMoment, 'cpu' | 'node' | 'task'>;
export type NodePart = Exclude<keyof NodeMoment, 'node'>;

export const CPU_PARTS: Readonly<Record<CpuPart, string>> = {
  user: 'user',
  kernel: 'kernel',
  lock: 'lock wait',
  remote: 'remote wait',
  idle: 'idle',
};
export const NODE_PARTS: Readonly<Record<NodePart, string>> = {
  bus: 'memory bus',
  local: 'misses served locally',
  remoteCache: 'misses served by the remote cache',
  remote: 'misses served by another node',
  migrations: 'migrations to it',
};

/** Pages of 4 KiB in a MiB. */
const PAGES_PER_MIB = 256;

type Read = (moment: Moment) => number;

/**
 * What reads the series of that id from a moment, NaN where it does not say; undefined for ids of other series.
 * Shares are in %, owners in MiB, of clusters of `clusterFrames` frames.
 */
export function momentReader(id: string, clusterFrames: number): Read | undefined {
  const [kind, ...rest] = id.split(':');
  const [first, second] = rest.map(Number);
  const part = rest.at(-1) ?? '';
  if (kind === 'cpu' && part in CPU_PARTS) {
    const find = finder<CpuMoment>(({ cpu }) => cpu === first);
    return ({ cpus }) => 100 * (find(cpus)?.[part as CpuPart] ?? Number.NaN);
  }
  if (kind === 'node' && part in NODE_PARTS) {
    const find = finder<NodeMoment>(({ node }) => node === first);
    const scale = part === 'migrations' ? 1 : 100;
    return ({ nodes }) => scale * (find(nodes)?.[part as NodePart] ?? Number.NaN);
  }
  if (kind === 'link') {
    const find = finder<Moment['links'][number]>(({ from, to }) => from === first && to === second);
    return ({ links }) => 100 * (find(links)?.utilisation ?? Number.NaN);
  }
  if (kind === 'owner') {
    const [, zone, index, owner] = rest;
    const find = finder<Moment['zones'][number]>(
      (other) => other.node === first && other.zone === zone && other.index === Number(index),
    );
    return ({ zones }) => {
      const found = find(zones);
      if (found === undefined) return Number.NaN;
      return ((found.owners[owner] ?? 0) * clusterFrames) / PAGES_PER_MIB;
    };
  }
  return undefined;
}

/** Finds one of a list that hardly changes from moment to moment: looks first where it stood last. */
function finder<T>(is: (item: T) => boolean): (items: readonly T[]) => T | undefined {
  let last = 0;
  return (items) => {
    const here = items[last];
    if (here !== undefined && is(here)) return here;
    const at = items.findIndex(is);
    if (at < 0) return undefined;
    last = at;
    return items[at];
  };
}
