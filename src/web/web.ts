/** The browser door as a program: `node dist/web/web.cjs [--port N]` prints the address and serves until it is stopped. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLab } from '../lab/lab.ts';
import { serveLab } from './server.ts';

const dist = join(__dirname, '..');

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`--port: expected a whole number from 0 to 65535, found ${JSON.stringify(values.port)}`);
  }
  const lab = createLab({ dataDir: dataFolder(), workerPath: join(dist, 'main/run.worker.cjs') });
  const server = await serveLab({ lab, pageDir: join(dist, 'renderer'), port });
  console.log(`NUMA-Q Lab: ${server.address}`);

  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void Promise.all([server.close(), lab.close()]).then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** Where programs of this system keep their settings. */
function dataFolder(): string {
  const { APPDATA, XDG_CONFIG_HOME } = process.env;
  if (process.platform === 'win32') return join(APPDATA || join(homedir(), 'AppData/Roaming'), 'numaq-lab');
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/numaq-lab');
  return join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'numaq-lab');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
});
