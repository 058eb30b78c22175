/**
 * Tool tips of elements: shown beside what has the pointer or the keyboard's focus. A tip repeats or explains; it never
 * holds what cannot be had elsewhere. `Tips.svelte` draws the one that is shown.
 */
import type { Attachment } from 'svelte/attachments';
import { on } from 'svelte/events';
import { tips } from './tips.svelte.ts';

const DELAY_MS = 350;

let timer: ReturnType<typeof setTimeout> | undefined;
/** Whose tip the timer is for: others come and go all the time while a run is under way. */
let waiting: Element | null = null;

/**
 * An attachment that gives its element a tool tip. `text` is asked when the tip is shown; an empty one shows nothing.
 * The element must be one that a keyboard can reach, or have a reachable twin, if the tip says anything new.
 */
export function tip(text: () => string): Attachment<Element> {
  return (owner) => {
    const later = (): void => {
      clearTimeout(timer);
      waiting = owner;
      timer = setTimeout(() => tips.show(owner, text()), DELAY_MS);
    };
    const focused = (): void => {
      if (owner.matches(':focus-visible')) later();
    };
    const leave = (): void => {
      if (waiting === owner) clearTimeout(timer);
      tips.hide(owner);
    };
    const stops = [
      on(owner as HTMLElement, 'pointerenter', later),
      on(owner as HTMLElement, 'pointerleave', leave),
      on(owner as HTMLElement, 'pointerdown', leave),
      on(owner as HTMLElement, 'focus', focused),
      on(owner as HTMLElement, 'blur', leave),
    ];
    return () => {
      leave();
      for (const stop of stops) stop();
    };
  };
}
