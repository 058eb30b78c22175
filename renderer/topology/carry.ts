/**
 * Dragging of a CPU, of memory or of a link's end from one node of the drawing to another. By pointer only: keys and the
 * node's menu do the same. Esc lets go without a change.
 */
import type { Attachment } from 'svelte/attachments';
import type { Carried } from './edits.svelte.ts';

/** What an element has to be carried away; `shifted` while Shift is held. */
export interface Carriable {
  readonly kind: Carried['kind'];
  /** Place of the node that it is of. */
  readonly from: number;
  readonly text: string;
  readonly mib: number;
  readonly shifted?: { readonly text: string; readonly mib: number };
}

interface Carrier {
  readonly edits: { carried: Carried | null; drop: () => void };
}

/** px before a press becomes a drag. */
const THRESHOLD = 5;

/** Lets the element be dragged; it needs the class `nopan`, so that the drawing stays. */
export function carry(topology: Carrier, what: () => Carriable | null): Attachment<HTMLElement> {
  return (element) => {
    let start: PointerEvent | null = null;

    function down(event: PointerEvent): void {
      if (event.button !== 0) return;
      start = event;
      window.addEventListener('pointermove', move);
      window.addEventListener('pointerup', up);
      window.addEventListener('pointercancel', cancel);
      window.addEventListener('keydown', key, true);
    }

    function move(event: PointerEvent): void {
      if (start === null) return;
      const { edits } = topology;
      if (
        edits.carried === null &&
        Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < THRESHOLD
      )
        return;
      const carriable = what();
      if (carriable === null) return;
      const { kind, from, text, mib, shifted } = carriable;
      const { clientX: x, clientY: y } = event;
      const over = nodeAt(x, y);
      const chosen = event.shiftKey && shifted !== undefined ? shifted : { text, mib };
      edits.carried = { kind, from, ...chosen, x, y, over: over === from ? -1 : over };
    }

    function up(): void {
      const carried = topology.edits.carried !== null;
      release();
      if (!carried) return;
      // The press that ended the drag is no click on what lies below it.
      window.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener('click', swallow, { capture: true }));
      topology.edits.drop();
    }

    function cancel(): void {
      release();
      topology.edits.carried = null;
    }

    function key(event: KeyboardEvent): void {
      if (event.key !== 'Escape' || topology.edits.carried === null) return;
      event.preventDefault();
      event.stopPropagation();
      cancel();
    }

    function release(): void {
      start = null;
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', key, true);
    }

    element.addEventListener('pointerdown', down);
    return () => {
      if (start !== null) cancel();
      element.removeEventListener('pointerdown', down);
    };
  };
}

function swallow(event: MouseEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

/** Place of the node drawn at a point of the page; -1 where there is none. */
function nodeAt(x: number, y: number): number {
  const found = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-index]')?.dataset['index'];
  return found === undefined ? -1 : Number(found);
}
