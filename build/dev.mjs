/**
 * `npm run dev`: the lab in the browser with live reload. The face comes from Vite's own server and updates in place;
 * the lab behind it is the browser door, built again and started anew whenever its sources change.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, createServer } from 'vite';
import { buildParts } from './build.mjs';
import { parts, root } from './parts.mjs';

const DOOR_PORT = 5174;
const door = `http://127.0.0.1:${DOOR_PORT}`;
let running;
process.once('exit', () => running?.kill());
process.once('SIGINT', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));

/** Ends the lab that runs and starts it from the newest bundle; resolves when it answers. */
async function restartDoor() {
  if (running !== undefined && running.exitCode === null) {
    const ended = new Promise((resolve) => running.once('close', resolve));
    running.kill();
    await ended;
  }
  running = spawn(process.execPath, [join(root, 'dist/web/web.cjs'), '--port', String(DOOR_PORT)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => running.stdout.once('data', resolve));
}

/** The token that the door puts into its own page. */
async function doorToken() {
  const page = await (await fetch(door)).text();
  return /name="numaq-token" content="([^"]+)"/.exec(page)?.[1] ?? '';
}

/** The door answers only itself, so the proxy speaks in its name. */
function asDoor(proxy) {
  proxy.on('proxyReq', (request) => {
    request.setHeader('host', `127.0.0.1:${DOOR_PORT}`);
    if (request.hasHeader('origin')) request.setHeader('origin', door);
  });
}

await buildParts(['web'], { onlyStale: true });
await restartDoor();

const page = parts.renderer.config();
const proxied = { target: door, configure: asDoor };
const server = await createServer({
  ...page,
  logLevel: 'info',
  plugins: [
    ...page.plugins,
    {
      name: 'numaq-token',
      transformIndexHtml: async (html) =>
        html.replace('name="numaq-token" content=""', `name="numaq-token" content="${await doorToken()}"`),
    },
  ],
  server: { host: '127.0.0.1', proxy: { '/api': proxied, '/events': proxied, '/traces': proxied } },
});
await server.listen();
server.printUrls();

for (const name of ['worker', 'web']) {
  const config = parts[name].config();
  const watcher = await build({ ...config, build: { ...config.build, watch: {} } });
  let first = true;
  watcher.on('event', async (event) => {
    if (event.code === 'ERROR') console.error(event.error.message);
    if (event.code !== 'END') return;
    if (first) {
      first = false;
      return;
    }
    await restartDoor();
    server.ws.send({ type: 'full-reload' });
    console.log('the lab was started anew');
  });
}
