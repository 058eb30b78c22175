/**
 * What a field's rule comes to while the field is left out, read from the boot layout; and what an optional part starts
 * with when a person adds it.
 */
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { getAt, parsePath } from '../../state/path.ts';
import { blankOf, type SchemaNode } from './schema.ts';

const FRAMES_PER_MIB = 256;

/** The number that the rule gives for a field that is left out; undefined where boot does not say. */
export function ruleValue(path: string, layout: BootLayout | null): number | undefined {
  if (layout === null || layout.nodes.length === 0) return undefined;
  if (path === 'kernel.structPageBytes') return layout.memMap.structPageBytes;
  if (path === 'zones.maxmemMiB') return layout.maxmemPfn > 0 ? layout.maxmemPfn / FRAMES_PER_MIB : undefined;
  const node = /^machine\.nodes\[(\d+)\]\.startMiB$/.exec(path)?.[1];
  const start = node === undefined ? undefined : layout.nodes[Number(node)]?.startPfn;
  return start === undefined ? undefined : start / FRAMES_PER_MIB;
}

/** What an optional group begins with: its sibling's figures where it has one, else the least that is allowed. */
export function startingValue(path: string, node: SchemaNode, profile: MachineProfile | null): unknown {
  const siblings: Readonly<Record<string, string>> = {
    'machine.cpu.l1i': 'machine.cpu.l1d',
    'machine.cpu.itlb': 'machine.cpu.dtlb',
    'machine.cpu.dtlb': 'machine.cpu.itlb',
  };
  const sibling = path.endsWith('].bus') ? 'machine.bus' : siblings[path];
  const copied = sibling === undefined ? undefined : getAt(profile, sibling);
  if (copied !== undefined) return structuredClone(copied);
  if (path === 'machine.cpu.dtlb') return { entries: 64, ways: 4 };
  if (path === 'machine.remoteCache')
    return {
      mib: 32,
      ways: 4,
      lineBytes: profile?.machine.cpu.l2.lineBytes ?? 64,
      hitNs: profile?.machine.localNs ?? 0,
    };
  return blankOf(node);
}

/** What a new item of a list begins with. */
export function newItem(path: string, node: SchemaNode, profile: MachineProfile | null): unknown {
  const blank = blankOf(node);
  if (typeof blank !== 'object' || blank === null || profile === null) return blank;
  const last = (getAt(profile, path) as readonly unknown[] | undefined)?.at(-1);
  if (path.endsWith('.holes')) return newHole(path, last, profile);
  if (path.endsWith('.io')) return { ...blank, name: 'disk', kind: 'disk', bandwidthMBps: 100, dmaBits: 32 };
  if (path.endsWith('.links')) return newLink(last, profile);
  if (path === 'zones.watermarks') return { ...blank, node: profile.machine.nodes[0]?.id ?? 0, zone: 'Normal' };
  if (path === 'kernel.bootItems') return { item: 'item', kib: 0 };
  return blank;
}

function newHole(path: string, last: unknown, profile: MachineProfile): unknown {
  const after = (last as { endKiB?: number } | undefined)?.endKiB;
  const index = Number(parsePath(path)[2]);
  const start = after ?? profile.machine.nodes.slice(0, index).reduce((sum, node) => sum + node.memoryMiB * 1024, 0);
  return { startKiB: start, endKiB: start + 1024 };
}

function newLink(last: unknown, profile: MachineProfile): unknown {
  const like = last as { to?: number; latencyNs?: number; bandwidthMBps?: number } | undefined;
  const ids = profile.machine.nodes.map((node) => node.id);
  const from = like?.to ?? ids[0] ?? 0;
  const to = ids[(ids.indexOf(from) + 1) % ids.length] ?? 0;
  return { from, to, latencyNs: like?.latencyNs ?? 100, bandwidthMBps: like?.bandwidthMBps ?? 1000 };
}

/**
 * A union's value as another variant: what both have is kept, the rest starts with what the machine suggests (a ring of
 * links, a square mesh, a matrix of the two latencies).
 */
export function asVariant(
  path: string,
  tag: string,
  kind: string | number,
  variant: SchemaNode,
  profile: MachineProfile | null,
): unknown {
  const now = (getAt(profile, path) ?? {}) as Readonly<Record<string, unknown>>;
  const next: Record<string, unknown> = { ...(blankOf(variant) as Record<string, unknown>) };
  for (const key of Object.keys(variant.properties ?? {}))
    if (key !== tag && now[key] !== undefined) next[key] = now[key];
  next[tag] = kind;
  if (profile !== null && path === 'machine.interconnect') suggestInterconnect(next, now, profile);
  if (profile !== null && path === 'kernel.placement' && Array.isArray(next['nodes']) && next['nodes'].length === 0) {
    next['nodes'] = profile.machine.nodes.slice(0, 4096).map((node) => node.id);
  }
  return next;
}

function suggestInterconnect(
  next: Record<string, unknown>,
  now: Readonly<Record<string, unknown>>,
  profile: MachineProfile,
): void {
  const ids = profile.machine.nodes.map((node) => node.id);
  const remote = Number(next['remoteNs'] ?? now['remoteNs'] ?? 0) || profile.machine.localNs * 2;
  if ('remoteNs' in next) next['remoteNs'] = remote;
  if ('linkMBps' in next && now['linkMBps'] === undefined) next['linkMBps'] = 1000;
  if (next['kind'] === 'mesh' && now['columns'] === undefined) next['columns'] = Math.ceil(Math.sqrt(ids.length));
  if (next['kind'] === 'links' && now['links'] === undefined) {
    const pairs = ids.length < 2 ? [] : ids.slice(0, ids.length === 2 ? 1 : ids.length);
    next['links'] = pairs.map((from, index) => ({
      from,
      to: ids[(index + 1) % ids.length],
      latencyNs: Number(now['hopNs'] ?? 0),
      bandwidthMBps: Number(now['linkMBps'] ?? 1000),
    }));
  }
  if (next['kind'] === 'matrix' && now['latencyNs'] === undefined) {
    next['latencyNs'] = ids.map((row) => ids.map((column) => (row === column ? profile.machine.localNs : remote)));
  }
}
