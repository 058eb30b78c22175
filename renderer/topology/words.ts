/** The interconnect in one line, as the profile has it. Pure. */
import type { InterconnectSpec } from '../../src/sim/profiles/schema.ts';
import { formatExact, formatNumber } from '../panels/format.ts';

/** `Ring, one direction, 1 GB/s a link, remote 2,500 ns`. */
export function fabricText(interconnect: InterconnectSpec): string {
  if (interconnect.kind === 'none') return 'No interconnect';
  const rate = `${rateText(interconnect.linkMBps)} a link`;
  const remote = 'remoteNs' in interconnect ? `remote ${formatExact(interconnect.remoteNs)} ns` : '';
  switch (interconnect.kind) {
    case 'ring':
      return `Ring, ${interconnect.oneWay ? 'one direction' : 'both directions'}, ${rate}, ${remote}`;
    case 'mesh':
      return `Mesh of ${formatNumber(interconnect.columns)} ${interconnect.columns === 1 ? 'column' : 'columns'}, ${rate}, ${remote}`;
    case 'crossbar':
      return `Crossbar, ${rate}, ${remote}`;
    case 'links':
      return `${formatNumber(interconnect.links.length)} links, ${remote}`;
    case 'matrix': {
      const all = interconnect.latencyNs.flat();
      // Not Math.min(...all): a matrix of 4,096 nodes is 16 million numbers.
      const least = all.reduce((a, b) => Math.min(a, b), Infinity);
      const most = all.reduce((a, b) => Math.max(a, b), 0);
      return `Latency matrix, ${formatExact(least)} to ${formatExact(most)} ns, ${rate}`;
    }
  }
}

/** A bandwidth in decimal units, as links are sold: `1 GB/s`, `792.8 MB/s`. */
export function rateText(megabytes: number): string {
  return megabytes >= 1000
    ? `${formatExact(Number((megabytes / 1000).toFixed(2)))} GB/s`
    : `${formatExact(Number(megabytes.toFixed(1)))} MB/s`;
}

/** Paths under which the interconnect's figures have their sources: one of them without a source makes it `assumed`. */
export function isFabricAssumed(assumed: readonly string[]): boolean {
  return assumed.some((path) => path.startsWith('machine.interconnect'));
}

/** A share (0 to 1) in %: two figures are enough to compare, and what was something is never 0. */
export function shareText(share: number): string {
  const percent = share * 100;
  return `${percent > 0 && percent < 0.1 ? '< 0.1' : formatNumber(percent, percent > 0 && percent < 10 ? 1 : 0)} %`;
}
