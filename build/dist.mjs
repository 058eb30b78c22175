/**
 * `npm run dist [-- electron-builder's arguments]`: builds every part, then packages. An Electron that is already here
 * (ELECTRON_OVERRIDE_DIST_PATH) is used instead of a download.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildParts } from './build.mjs';
import { root } from './parts.mjs';

const SEVEN_ZIP = '/usr/bin/7za';

/** Packages with electron-builder; returns its exit code. */
export async function packageApp(args) {
  await buildParts(['main']);
  const { ELECTRON_OVERRIDE_DIST_PATH: electronDist, ...env } = process.env;
  if (existsSync(SEVEN_ZIP)) env.ELECTRON_BUILDER_7ZIP_PATH ??= SEVEN_ZIP;
  const builder = join(root, 'node_modules/electron-builder/cli.js');
  const config = ['--config', 'build/electron-builder.yml', '--publish', 'never'];
  const own = electronDist ? [`-c.electronDist=${electronDist}`] : [];
  const { status } = spawnSync(process.execPath, [builder, ...args, ...config, ...own], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  return status ?? 1;
}

if (process.argv[1]?.endsWith('dist.mjs')) process.exitCode = await packageApp(process.argv.slice(2));
