/** A machine at its login prompt: what is awake before anybody works, for the figures that people printed after login. */
import { KIB } from '../../base/units.ts';
import { benchImage, pages, shellImage, startUp } from './images.ts';
import { type LibraryWorkload, scaled } from './library-workload.ts';

/** Small programs with libc, as the images of the distribution: none of their sizes has a source. */
const daemonImage = { ...benchImage, file: 'usr/sbin/daemon' };
const gettyImage = { ...benchImage, file: 'sbin/mingetty', textBytes: 12 * KIB, bssBytes: 8 * KIB };
const loginImage = { ...benchImage, file: 'bin/login', textBytes: 24 * KIB, bssBytes: 8 * KIB };
const initImage = { ...benchImage, file: 'sbin/init', textBytes: 28 * KIB, bssBytes: 4 * KIB };

const SECOND_NS = 1e9;

export const login: LibraryWorkload = {
  id: 'login',
  title: 'Login',
  description: 'init, daemons, gettys and one login shell, all asleep: what meminfo says after login.',
  imitates:
    'A distribution of 2002 in run level 3 with one user on the serial console: init starts the daemons and gettys one after the other (each start is a transaction), login runs a shell, and then everybody sleeps but for a timer a second. ' +
    'All is there from 5 seconds after the start on, until the time that is given; then all exit. Which daemons there are, and what their start scripts ran meanwhile, is left out; what boot itself took is in the profile.',
  scales: 'daemons and gettys.',
  parameters: [
    { name: 'daemons', description: 'Daemons', value: 6, least: 1, most: 10_000, source: 'assumed' },
    { name: 'gettys', description: 'Gettys', value: 6, least: 1, most: 10_000, source: 'assumed: tty1 to tty6' },
    {
      name: 'heapKiB',
      description: 'Heap of a daemon',
      value: 64,
      least: 4,
      most: 1024,
      unit: 'KiB',
      source: 'assumed',
    },
    {
      name: 'seconds',
      description: 'Seconds until all exit',
      value: 60,
      least: 10,
      most: 1e6,
      unit: 's',
      source: 'assumed',
    },
  ],
  build(values, scale) {
    const seconds = values.number('seconds');
    const asleep = { op: 'repeat', times: seconds, body: [{ op: 'sleep', ns: SECOND_NS }] };
    const heap = [
      { op: 'brk', bytes: pages(values.number('heapKiB') * KIB) },
      { op: 'touch', region: 'heap', write: true },
    ];
    const program = (image: string, rest: readonly object[]): readonly object[] => [
      { op: 'transaction', name: 'start', mark: 'begin' },
      { op: 'exec', image },
      ...startUp(0.1),
      { op: 'touch', region: 'text' },
      ...rest,
      { op: 'transaction', name: 'start', mark: 'end' },
    ];
    const small = [
      { op: 'brk', bytes: 8 * KIB },
      { op: 'touch', region: 'heap', write: true },
    ];
    return {
      images: { init: initImage, daemon: daemonImage, getty: gettyImage, login: loginImage, shell: shellImage },
      programs: {
        init: [
          ...program('init', small),
          { op: 'repeat', times: scaled(values.number('daemons'), scale), body: [{ op: 'fork', program: 'daemon' }] },
          { op: 'repeat', times: scaled(values.number('gettys'), scale), body: [{ op: 'fork', program: 'getty' }] },
          { op: 'fork', program: 'login' },
          { op: 'wait' },
        ],
        daemon: [...program('daemon', heap), asleep],
        getty: [...program('getty', small), asleep],
        login: [...program('login', small), { op: 'fork', program: 'shell' }, { op: 'wait' }],
        shell: [...program('shell', heap), asleep],
      },
      start: [{ program: 'init' }],
    };
  },
};
