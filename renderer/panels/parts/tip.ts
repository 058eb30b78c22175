/**
 * Tool tips: one element for the whole page, shown beside what has the pointer or the keyboard's focus, and read out as
 * its description. A tip repeats or explains; it never holds what cannot be had elsewhere.
 */
import type { Attachment } from 'svelte/attachments';
import './tip.css';

const DELAY_MS = 350;
const GAP = 6;
const TIP_ID = 'panel-tip';

let shown: Element | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

function element(): HTMLElement {
  const found = document.getElementById(TIP_ID);
  if (found !== null) return found;
  const made = document.createElement('div');
  made.id = TIP_ID;
  made.setAttribute('role', 'tooltip');
  made.hidden = true;
  document.body.append(made);
  return made;
}

function show(owner: Element, text: string): void {
  const tip = element();
  tip.textContent = text;
  tip.hidden = false;
  shown = owner;
  const at = owner.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left), window.innerWidth - width - 8);
  const below = at.bottom + GAP;
  const top = below + height > window.innerHeight - 8 ? Math.max(8, at.top - GAP - height) : below;
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}

function hide(owner?: Element): void {
  clearTimeout(timer);
  if (owner !== undefined && shown !== owner) return;
  shown = null;
  const tip = document.getElementById(TIP_ID);
  if (tip !== null) tip.hidden = true;
}

/**
 * An attachment that gives its element a tool tip. `text` is asked when the tip is shown; an empty one shows nothing.
 * The element must be one that a keyboard can reach, or have a reachable twin, if the tip says anything new.
 */
export function tip(text: () => string): Attachment<Element> {
  return (owner) => {
    const later = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => text() !== '' && show(owner, text()), DELAY_MS);
    };
    const focused = (): void => {
      if (owner.matches(':focus-visible')) later();
    };
    const leave = (): void => hide(owner);
    const key = (event: Event): void => {
      if ((event as KeyboardEvent).key === 'Escape') hide(owner);
    };
    owner.addEventListener('pointerenter', later);
    owner.addEventListener('pointerleave', leave);
    owner.addEventListener('pointerdown', leave);
    owner.addEventListener('focus', focused);
    owner.addEventListener('blur', leave);
    owner.addEventListener('keydown', key);
    return () => {
      hide(owner);
      owner.removeEventListener('pointerenter', later);
      owner.removeEventListener('pointerleave', leave);
      owner.removeEventListener('pointerdown', leave);
      owner.removeEventListener('focus', focused);
      owner.removeEventListener('blur', leave);
      owner.removeEventListener('keydown', key);
    };
  };
}
