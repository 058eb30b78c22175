/** A screen for a desktop program: the one that is here, or a virtual one (Xvfb) on Linux. */
import { spawn, spawnSync } from 'node:child_process';

const { DISPLAY = '', WAYLAND_DISPLAY = '' } = process.env;

/** True where a window can be shown: on a screen, or with Xvfb's help. */
export function hasScreen() {
  if (process.platform !== 'linux' || DISPLAY !== '' || WAYLAND_DISPLAY !== '') return true;
  return spawnSync('Xvfb', ['-help'], { stdio: 'ignore' }).error === undefined;
}

/** A screen to run on. Stop it when done; the one that was here already stays. Rejects where there is none. */
export function startScreen() {
  if (process.platform !== 'linux' || DISPLAY !== '' || WAYLAND_DISPLAY !== '') {
    return Promise.resolve({ display: DISPLAY, stop: () => undefined });
  }
  return new Promise((resolve, reject) => {
    // Xvfb picks a free number and writes it to the fourth of its files.
    const args = ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'];
    const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    process.once('exit', () => server.kill());
    server.once('error', (error) => reject(new Error(`There is no screen and no Xvfb: ${error.message}`)));
    server.once('exit', (code) => reject(new Error(`Xvfb ended with code ${code}`)));
    server.stdio[3].once('data', (number) => {
      resolve({ display: `:${String(number).trim()}`, stop: () => void server.kill() });
    });
  });
}
