/**
 * Builds the parts named on the command line, or all: `node build/build.mjs [--stale] [part...]`. A part that needs
 * another (the command line needs the worker) brings it along; `--stale` leaves out what is newer than its sources.
 */
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { isStale, parts } from './parts.mjs';

const NEEDS = { cli: ['worker'], web: ['worker', 'renderer'], main: ['worker', 'preload', 'renderer'] };

/** Builds `names` and what they need; with `onlyStale`, only what is missing or older than its sources. */
export async function buildParts(names, { onlyStale = false } = {}) {
  const wanted = new Set(names.flatMap((name) => [name, ...(NEEDS[name] ?? [])]));
  for (const name of wanted) {
    const part = parts[name];
    if (part === undefined) throw new Error(`no part "${name}"; there are ${Object.keys(parts).join(', ')}`);
    if (onlyStale && !isStale(part)) continue;
    const start = performance.now();
    await build(part.config());
    console.error(`built ${name} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const options = process.argv.slice(2);
  const names = options.filter((option) => option !== '--stale');
  try {
    await buildParts(names.length === 0 ? Object.keys(parts) : names, { onlyStale: options.includes('--stale') });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
