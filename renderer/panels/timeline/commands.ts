/** The timeline's commands: the playhead by interval, by event and by warning, and what the timeline shows. */
import type { Marker } from '../../../src/sim/engine/moment.ts';
import type { Command } from '../../state/commands.ts';
import type { PlayheadState } from '../../state/playhead.svelte.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import type { ViewState } from '../../state/view.svelte.ts';
import type { SteppingState } from '../runbar/stepping.svelte.ts';
import { isWarning } from './marks.ts';
import type { TimelineState } from './timeline.svelte.ts';

interface Parts {
  readonly runs: RunsState;
  readonly playhead: PlayheadState;
  readonly timeline: TimelineState;
  readonly stepping: SteppingState;
  readonly view: ViewState;
}

/** `playhead.*` and `timeline.*`, enabled where a run is on screen. In the X-ray the keys of warnings go to misses. */
export function timelineCommands({ runs, playhead, timeline, stepping, view }: Parts): readonly Command[] {
  const hasRun = (): boolean => runs.current !== null && runs.current.timeNs > 0;
  const isBack = (): boolean => hasRun() && playhead.ns !== null;
  const toEvent = (
    id: string,
    title: string,
    keys: string[],
    step: 1 | -1,
    wanted?: (marker: Marker) => boolean,
  ): Command => ({
    id,
    title,
    keys,
    words: 'marker timeline playhead run',
    enabled: () => hasRun() && timeline.beside(step, wanted) !== null,
    run: () => timeline.go(timeline.beside(step, wanted)?.timeNs ?? null),
  });
  const toWarning = (id: string, title: string, keys: string[], step: 1 | -1): Command => {
    const event = toEvent(id, title, keys, step, isWarning);
    return { ...event, enabled: () => view.screen !== 'xray' && event.enabled() };
  };
  const command = (id: string, title: string, keys: string[], enabled: () => boolean, run: () => void): Command => ({
    id,
    title,
    keys,
    words: 'timeline scrub time moment run',
    enabled,
    run,
  });
  return [
    command('playhead.back', 'Playhead back by an interval', ['ArrowLeft'], hasRun, () =>
      timeline.move(-stepping.intervalNs),
    ),
    command('playhead.forward', 'Playhead forward by an interval', ['ArrowRight'], isBack, () =>
      timeline.move(stepping.intervalNs),
    ),
    toEvent('playhead.previousEvent', 'Playhead to the previous event', ['Shift+ArrowLeft'], -1),
    toEvent('playhead.nextEvent', 'Playhead to the next event', ['Shift+ArrowRight'], 1),
    command('playhead.start', 'Playhead to the start', ['Home'], hasRun, () => timeline.go(0)),
    command('playhead.now', 'Playhead to now', ['End'], isBack, () => timeline.go(null)),
    toWarning('playhead.nextWarning', 'Next warning of the run', ['N'], 1),
    toWarning('playhead.previousWarning', 'Previous warning of the run', ['Shift+N'], -1),
    command(
      'playhead.cancel',
      'Stop going to the exact moment',
      ['Alt+Backspace'],
      () => playhead.seeking !== null,
      () => playhead.cancel(),
    ),
    command('timeline.zoomIn', 'Timeline: zoom in', ['Shift+ArrowUp'], hasRun, () => timeline.zoomIn()),
    command(
      'timeline.zoomOut',
      'Timeline: zoom out',
      ['Shift+ArrowDown'],
      () => timeline.isZoomed,
      () => timeline.zoomOut(),
    ),
    command(
      'timeline.all',
      'Timeline: show the whole run',
      ['Shift+Home'],
      () => timeline.isZoomed,
      () => timeline.showAll(),
    ),
    command(
      'view.timeline',
      'Timeline on or off',
      ['M'],
      () => view.screen === 'lab',
      () => view.toggle('timeline'),
    ),
  ];
}
