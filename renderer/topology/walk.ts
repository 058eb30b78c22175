/** Keys on the nodes: arrows walk, Enter opens what is chosen, Esc goes back. Figures choose a node from anywhere. */
import { tick } from 'svelte';
import type { Lab } from '../state/lab.svelte.ts';

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** Share of the field that an arrow moves where nothing has the focus but the drawing. */
const PAN = 0.2;

/** Of a key that comes up from a node, a group or the drawing itself. */
export function walk(lab: Lab, field: HTMLElement, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return;
  const { topology } = lab;
  const arrow = ARROWS[event.key];
  const group = target.dataset['group'];
  const node = target.dataset['node'];
  if (group !== undefined) {
    if (event.key === 'Enter') {
      event.preventDefault();
      event.stopPropagation();
      toggle(lab, field, Number(group));
    } else if (arrow !== undefined) {
      const next = topology.groupNextTo(Number(group), arrow[0], arrow[1]);
      if (next < 0) return;
      event.preventDefault();
      event.stopPropagation();
      focus(field, `[data-group="${next}"]`);
    }
    return;
  }
  if (node === undefined) {
    if (arrow === undefined || target !== field) return;
    event.preventDefault();
    event.stopPropagation();
    topology.pan(arrow[0] * PAN, arrow[1] * PAN);
    return;
  }
  const index = topology.indexOf(Number(node));
  if (arrow !== undefined) {
    const next = topology.nextTo(index, arrow[0], arrow[1]);
    event.preventDefault();
    event.stopPropagation();
    if (next >= 0) goTo(lab, field, next);
  } else if (event.key === 'Enter' && topology.detail !== 'card') {
    event.preventDefault();
    event.stopPropagation();
    lab.selection.select({ kind: 'node', node: Number(node) });
    topology.goTo(index);
    focus(field, `[data-node="${node}"]`);
  } else if (event.key === 'Escape') {
    const at = topology.plan?.groupOf[index] ?? -1;
    if (at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    topology.fold(at);
    focus(field, `[data-group="${at}"]`);
  }
}

function toggle(lab: Lab, field: HTMLElement, group: number): void {
  const { topology } = lab;
  if (topology.isOpen(group)) {
    topology.fold(group);
    focus(field, `[data-group="${group}"]`);
    return;
  }
  topology.open(group);
  const members = topology.plan?.groups[group]?.members ?? [];
  const chosen = members.includes(topology.selected) ? topology.selected : members[0];
  focus(field, `[data-node="${topology.idOf(chosen)}"]`);
}

function goTo(lab: Lab, field: HTMLElement, index: number): void {
  const { topology, selection } = lab;
  const node = topology.idOf(index);
  selection.select({ kind: 'node', node });
  topology.reveal(index);
  const group = topology.hiddenIn(index);
  focus(field, group >= 0 ? `[data-group="${group}"]` : `[data-node="${node}"]`);
}

/** ms within which what comes into sight is drawn, and drawn again as it comes nearer. */
const WAIT_MS = 600;

/** Gives the focus to an element of the drawing as soon as it is drawn, and again where it is drawn anew on the way. */
export function focus(field: HTMLElement, selector: string): void {
  const until = performance.now() + WAIT_MS;
  let given: Element | null = null;
  const look = (): void => {
    const { activeElement } = document;
    // Somebody went on to another place.
    if (given !== null && activeElement !== given && activeElement !== document.body) return;
    const element = field.querySelector<HTMLElement>(selector);
    if (element !== null && element !== activeElement) {
      element.focus({ preventScroll: true });
      given = element;
    }
    if (performance.now() < until) requestAnimationFrame(look);
  };
  void tick().then(look);
}

/** The node or group that has the focus, as a selector; null where none has. */
export function focused(field: HTMLElement | undefined): string | null {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || field?.contains(activeElement) !== true) return null;
  const { node, group } = activeElement.dataset;
  if (node !== undefined) return `[data-node="${node}"]`;
  return group === undefined ? null : `[data-group="${group}"]`;
}

/** A figure selects the node of that id, unless it is typed somewhere. */
export function digit(lab: Lab, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || lab.dialogs.current !== null) return;
  const inField =
    event.target instanceof HTMLElement &&
    event.target.matches('input, textarea, select, [role="combobox"], [role="slider"]');
  if (inField || !/^\d$/.test(event.key) || lab.view.paletteOpen) return;
  const node = Number(event.key);
  if (lab.topology.indexOf(node) >= 0) lab.selection.select({ kind: 'node', node });
}
