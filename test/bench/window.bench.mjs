/**
 * The window under load: a run of a minute on the 64 GB NUMA-Q with every kind of chart open, while a person edits,
 * selects, zooms and scrubs. Prints how long inputs wait for their paint (the browser's Event Timing; wheel and pointer,
 * which it leaves out, to the frame after the next), frames, and the page's heap after collection at the run's middle and end.
 * Times of inputs need a machine that does nothing else; what tasks of the page take of its processor, measured for some
 * seconds afterwards, does not.
 * `npm run bench window [seconds]`. It opens a Chromium (build/browser.mjs) in front of the browser door.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '../../build/browser.mjs';
import { buildParts } from '../../build/build.mjs';
import { root } from '../../build/parts.mjs';

const MACHINE = 'NUMA-Q, 64 GB, 8 quads';
const SECONDS = Number(process.argv[2]) || 70;
/** Between two actions of the person, who is quick. */
const PAUSE_MS = 120;
/** Of each CPU: about two minutes, with a sample every 5 ms of virtual time, some two a second. */
const REFERENCES = '64000000';
/** Tasks are traced for so long, after the measured time. */
const TRACED_MS = 10_000;
/** Event Timing reports nothing shorter: such an event counts as this long. */
const SHORTEST_MS = 16;

/** Starts the browser door; resolves to its process and its address. */
async function serve(data) {
  const server = spawn(process.execPath, [join(root, 'dist/web/web.cjs')], {
    env: { ...process.env, XDG_CONFIG_HOME: data, APPDATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text))));
  return { server, address: /http:\S+/.exec(said)[0] };
}

/** Runs in the page: collects what inputs waited and when frames came. */
function observe() {
  const seen = { events: [], moved: [], frames: [], tasks: [], before: performance.interactionCount ?? 0 };
  window.benchSeen = seen;
  new PerformanceObserver((list) => {
    for (const { name, duration, interactionId } of list.getEntries())
      seen.events.push({ name, duration, interactionId });
  }).observe({ type: 'event', durationThreshold: 16 });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.tasks.push(duration);
  }).observe({ type: 'longtask' });
  const painted = new MessageChannel();
  const waiting = [];
  painted.port1.onmessage = () => {
    for (const from of waiting.splice(0)) seen.moved.push(performance.now() - from);
  };
  for (const type of ['wheel', 'pointermove']) {
    addEventListener(
      type,
      (event) => {
        waiting.push(event.timeStamp);
        // The message comes after the paint of the frame.
        requestAnimationFrame(() => painted.port2.postMessage(null));
      },
      { capture: true, passive: true },
    );
  }
  let last = performance.now();
  const frame = (now) => {
    seen.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** Opens the machine and a run that does not end meanwhile, with series of the first groups charted beside the usual charts. */
async function open(page) {
  await page.getByRole('button', { name: `Open ${MACHINE}:` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  const tour = page.getByRole('button', { name: 'End the tour' });
  if (await tour.isVisible()) await tour.click();
  await page.getByRole('button', { name: /^Workload:/ }).click();
  await page.getByLabel('Program 1: what runs').selectOption('first-touch');
  const references = page.getByLabel('References a CPU');
  await references.fill(REFERENCES);
  await references.press('Enter');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.locator('canvas').first().waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Add a chart' }).click();
  const groups = page.getByRole('dialog').getByRole('button', { name: /^All of / });
  for (let at = 0; at < Math.min(3, await groups.count()); at++) await groups.nth(at).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Add / }).click();
}

/**
 * What a person does, over and over; each resolves when the input is given, not when it is answered. Places are found by plain
 * selectors: a search by role walks the whole page, and would count as the page's own work.
 */
async function actionsOf(page) {
  const nodes = await page.getByRole('treeitem', { name: /^Node/ }).elementHandles();
  const place = async (selector) => {
    const element = typeof selector === 'string' ? await page.$(selector) : selector;
    const box = await element.boundingBox();
    return (x, y = 0.5) => [box.x + box.width * x, box.y + box.height * y];
  };
  const click = async (selector) => page.mouse.click(...(await place(selector))(0.5));
  const CHART = '.charts canvas';
  const TRACK = '[aria-label="Timeline"] .track';
  let turn = 0;
  const slider = async (key) => {
    await page.focus('input[aria-label="Page cluster"]');
    await page.keyboard.press(key);
  };
  return [
    () => click(nodes[turn++ % 4]),
    async () => {
      await page.mouse.move(...(await place(CHART))(0.6));
      await page.mouse.wheel(0, turn++ % 2 === 0 ? -240 : 240);
    },
    async () => {
      await page.focus('.inspector input');
      for (const key of ['End', '5', 'Escape']) await page.keyboard.press(key);
    },
    async () => {
      const at = await place(TRACK);
      await page.mouse.move(...at(0.8, 0.7));
      await page.mouse.down();
      for (let x = 0.8; x > 0.3; x -= 0.05) await page.mouse.move(...at(x, 0.7));
      await page.mouse.up();
      await page.keyboard.press('End');
    },
    // A real edit, and its undo.
    () => slider('ArrowRight'),
    () => page.keyboard.press('Control+z'),
    () => click('[data-tab="results"]'),
    () => click('[data-tab="charts"]'),
  ];
}

/** Uses the window for a while; skips what is not there just now. */
async function use(page, ms) {
  const actions = await actionsOf(page);
  const until = performance.now() + ms;
  let done = 0;
  let skipped = 0;
  for (let at = 0; performance.now() < until; at++) {
    await actions[at % actions.length]().then(
      () => done++,
      () => skipped++,
    );
    await page.waitForTimeout(PAUSE_MS);
  }
  return { done, skipped };
}

/** Milliseconds of processor time of each task of the page's main thread, from a trace. */
function taskTimes(trace) {
  const { traceEvents } = JSON.parse(trace.toString());
  const tasks = new Map();
  for (const { name, ph, pid, tid, tdur } of traceEvents) {
    if (name !== 'ThreadControllerImpl::RunTask' || ph !== 'X' || !(tdur > 0)) continue;
    const thread = `${pid} ${tid}`;
    if (!tasks.has(thread)) tasks.set(thread, []);
    tasks.get(thread).push(tdur / 1000);
  }
  const pages = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const all = pages.map(({ pid, tid }) => tasks.get(`${pid} ${tid}`) ?? []);
  // The browser keeps a spare page: ours is the one that works.
  return all.reduce((most, own) => (own.length > most.length ? own : most), []);
}

/** Bytes of the page's JavaScript heap after a collection. */
async function heapOf(session) {
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

const rank = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
};
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const ms = (value) => `${value.toFixed(0)} ms`;

await buildParts(['web'], { onlyStale: true });
const data = mkdtempSync(join(tmpdir(), 'numaq-bench-'));
const { server, address } = await serve(data);
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(4000);
  const session = await page.context().newCDPSession(page);
  await page.goto(address);
  await open(page);
  await page.evaluate(observe);
  const first = await use(page, (SECONDS * 1000) / 2);
  const middle = await heapOf(session);
  const second = await use(page, (SECONDS * 1000) / 2);
  const end = await heapOf(session);
  const seen = await page.evaluate(() => window.benchSeen);
  const given = (await page.evaluate(() => performance.interactionCount ?? 0)) - seen.before;
  const clock = await page.getByRole('slider', { name: 'Playhead' }).getAttribute('aria-valuetext');
  const charts = await page.locator('.charts canvas').count();
  if (!(await page.getByRole('button', { name: 'Pause', exact: true }).isEnabled()))
    throw new Error(`The run was over before ${SECONDS} seconds were: what was measured is a window without one.`);

  // Apart: a trace takes a good part of a processor.
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await use(page, TRACED_MS);
  const tasks = taskTimes(await browser.stopTracing());

  // An interaction (a click, a key) is as slow as its slowest event; those that were not reported were short.
  const interactions = new Map();
  for (const { interactionId, duration } of seen.events) {
    if (interactionId > 0) interactions.set(interactionId, Math.max(duration, interactions.get(interactionId) ?? 0));
  }
  const reported = [...interactions.values()];
  const inputs = [...reported, ...Array(Math.max(0, given - reported.length)).fill(SHORTEST_MS)];
  console.log(
    `${MACHINE}, ${charts} charts, ${SECONDS} s, ${clock}; ${first.done + second.done} actions, ${first.skipped + second.skipped} not possible`,
  );
  console.log(
    `clicks and keys to paint   n ${inputs.length}  median ${ms(rank(inputs, 0.5))}  p99 ${ms(rank(inputs, 0.99))}  most ${ms(Math.max(0, ...inputs))}`,
  );
  console.log(
    `wheel and pointer to paint n ${seen.moved.length}  median ${ms(rank(seen.moved, 0.5))}  p99 ${ms(rank(seen.moved, 0.99))}  most ${ms(Math.max(0, ...seen.moved))}`,
  );
  console.log(
    `frames                     n ${seen.frames.length}  median ${ms(rank(seen.frames, 0.5))}  p99 ${ms(rank(seen.frames, 0.99))}; tasks above 50 ms: ${seen.tasks.length}, most ${ms(Math.max(0, ...seen.tasks))}`,
  );
  console.log(
    `processor time of tasks    in ${TRACED_MS / 1000} s more  n ${tasks.length}  p99 ${ms(rank(tasks, 0.99))}  most ${ms(Math.max(0, ...tasks))}  above 50 ms: ${tasks.filter((task) => task > 50).length}`,
  );
  console.log(
    `heap after collection      middle ${mib(middle)}  end ${mib(end)}  growth in the second half ${mib(end - middle)}`,
  );
  const slow = [...seen.events].sort((a, b) => b.duration - a.duration).slice(0, 5);
  console.log(`slowest events             ${slow.map(({ name, duration }) => `${name} ${ms(duration)}`).join(', ')}`);
} finally {
  await browser.close();
  server.kill();
  rmSync(data, { recursive: true, force: true });
}
