/**
 * The drawing of the machine: where its nodes stand, what of it is seen, how near, and which groups are open. It follows
 * the field's size until somebody moves or zooms. What the nodes show is in facts.svelte.ts, editing in edits.svelte.ts.
 */
import type { MachineState } from '../state/machine.svelte.ts';
import type { SelectionState } from '../state/selection.svelte.ts';
import { placesOf } from './changes.ts';
import { detailOf, fitting, revealing, seenThrough, stepOf, type Detail, type Viewport } from './detail.ts';
import { TopologyEdits } from './edits.svelte.ts';
import { TopologyFacts, type FactSources } from './facts.svelte.ts';
import { touches, type Rect } from './place.ts';
import { CARD, planOf, type Plan } from './plan.ts';

export const ZOOM = { most: 2.5, step: 1.3 } as const;
/** px of a node on the screen from which a group opens by itself, and below which an open one folds. */
const OPENS_AT = 36;
const FOLDS_BELOW = 14;
/** Nodes that are drawn beyond the field's edge. */
const AHEAD = 0.3;
/** A folded group does not open by zooming before it is this much larger than when all is seen. */
const NEARER = 1.6;

interface Look {
  readonly viewport: Viewport;
  readonly chosen: Readonly<Record<number, boolean>>;
}

export class TopologyState {
  width = $state.raw(0);
  height = $state.raw(0);
  viewport = $state.raw<Viewport>({ x: 0, y: 0, zoom: 1 });
  /** Zones to scale. */
  exact = $state.raw(false);
  minimap = $state.raw(true);
  /** True until somebody moves or zooms: then the drawing stays as they left it when the field changes. */
  fitted = $state.raw(true);
  /** The field for the number of a node to go to is open. */
  asking = $state.raw(false);
  /** Groups that somebody opened or folded, by place. */
  #chosen = $state.raw<Readonly<Record<number, boolean>>>({});
  /** Moves the window on the drawing; the canvas may take some time for it. */
  move: (to: Viewport) => void = (to) => (this.viewport = to);

  readonly #lab: FactSources & { readonly selection: SelectionState };

  readonly #ids: readonly number[] = $derived.by(() => this.facts.profile?.machine.nodes.map(({ id }) => id) ?? []);
  readonly #indices: ReadonlyMap<number, number> = $derived(placesOf(this.#ids));
  readonly plan: Plan | null = $derived.by(() => {
    const profile = this.facts.profile;
    if (profile === null || this.width === 0 || this.height === 0) return null;
    return planOf(profile.machine.interconnect, this.#ids, this.width, this.height);
  });
  readonly grouped: boolean = $derived(this.plan !== null && this.plan.groups.length > 0);
  readonly #whole: Viewport = $derived.by(() => {
    const { plan } = this;
    if (plan === null) return { x: 0, y: 0, zoom: 1 };
    return fitting({ x: 0, y: 0, width: plan.width, height: plan.height }, this.width, this.height, 1);
  });
  /** The zoom at which all is seen. */
  readonly least: number = $derived(Math.min(1, this.#whole.zoom));
  /** The zoom at which groups open by themselves. */
  readonly #openZoom: number = $derived(Math.max(OPENS_AT / CARD.width, this.least * NEARER));

  /** The box of a node in the drawing: all nodes have one size. */
  readonly box: Rect = $derived(this.plan?.cards[0] ?? { x: 0, y: 0, ...CARD });
  /** The zoom that nodes are laid out for. */
  readonly step: number = $derived(stepOf(this.viewport.zoom, this.box));
  readonly detail: Detail = $derived(
    detailOf(this.box.width * this.viewport.zoom, this.box.height * this.viewport.zoom),
  );
  /** px that a node is laid out for, and what brings it back to its box. */
  readonly laid: { readonly width: number; readonly height: number; readonly scale: string | undefined } = $derived({
    width: this.box.width * this.step,
    height: this.box.height * this.step,
    scale: this.step === 1 ? undefined : `scale(${1 / this.step})`,
  });
  readonly groupStep: number = $derived(2 ** (Math.floor(Math.log2(this.viewport.zoom) * 4 + 1e-6) / 4));

  /** Groups whose nodes are drawn, by place. */
  readonly #open: readonly boolean[] = $derived.by(() => {
    const { zoom } = this.viewport;
    const byZoom = zoom >= this.#openZoom;
    const tooSmall = zoom * CARD.width < FOLDS_BELOW;
    return (this.plan?.groups ?? []).map((_, at) => !tooSmall && (this.#chosen[at] ?? byZoom));
  });
  readonly #openKey: string = $derived(this.#open.map(Number).join(''));

  /** What is seen, in steps of a node, so that panning by less changes nothing. */
  readonly #window: string = $derived.by(() => {
    const seen = seenThrough(this.viewport, this.width, this.height);
    const [x, y] = [CARD.width, CARD.height];
    return [
      seen.x / x - AHEAD,
      seen.y / y - AHEAD,
      (seen.x + seen.width) / x + AHEAD,
      (seen.y + seen.height) / y + AHEAD,
    ]
      .map((edge, at) => (at < 2 ? Math.floor(edge) : Math.ceil(edge)))
      .join(' ');
  });
  readonly #seen: Rect = $derived.by(() => {
    const [x0, y0, x1, y1] = this.#window.split(' ').map(Number);
    return { x: x0 * CARD.width, y: y0 * CARD.height, width: (x1 - x0) * CARD.width, height: (y1 - y0) * CARD.height };
  });

  /** Groups that are open and touch the window. */
  readonly openSeen: readonly number[] = $derived.by(() => {
    const open = this.#openKey;
    const seen = this.#seen;
    return (this.plan?.groups ?? []).flatMap((group, at) => (open[at] === '1' && touches(group, seen) ? [at] : []));
  });

  /** Places of the nodes that are drawn: of open groups, and in the window (small machines are drawn whole). */
  readonly drawn: readonly number[] = $derived.by(() => {
    const { plan } = this;
    if (plan === null) return [];
    if (plan.groups.length === 0) return plan.cards.map((_, index) => index);
    const seen = this.#seen;
    return this.openSeen.flatMap((at) => plan.groups[at].members.filter((index) => touches(plan.cards[index], seen)));
  });

  /** What nodes show. */
  readonly facts: TopologyFacts;
  readonly edits: TopologyEdits;

  constructor(lab: FactSources & { readonly selection: SelectionState }) {
    this.#lab = lab;
    this.facts = new TopologyFacts(lab);
    this.edits = new TopologyEdits(lab, () => this.facts.catchUp());
  }

  /** The node that Tab reaches: the selected one where it is drawn, otherwise the first drawn; -1 where none is. */
  readonly focusable: number = $derived.by(() => {
    const { selected, drawn } = this;
    return drawn.includes(selected) ? selected : (drawn[0] ?? -1);
  });

  /** The group that Tab reaches. */
  get focusableGroup(): number {
    const group = this.plan?.groupOf[this.selected] ?? -1;
    return group >= 0 ? group : 0;
  }

  /** Place of the selected node; -1 where none is. */
  get selected(): number {
    return this.#lab.selection.node === null ? -1 : this.indexOf(this.#lab.selection.node);
  }

  /** Place of a node by its id; -1 where there is none. */
  indexOf(id: number): number {
    return this.#indices.get(id) ?? -1;
  }

  idOf(index: number): number {
    return this.#ids[index] ?? -1;
  }

  isOpen(group: number): boolean {
    return this.#open[group] ?? false;
  }

  /** The group that hides a node, or -1 where the node itself is drawn. */
  hiddenIn(index: number): number {
    const group = this.plan?.groupOf[index] ?? -1;
    return group >= 0 && !this.isOpen(group) ? group : -1;
  }

  /** Where it is moving to, or has moved last: the next move goes on from there, however fast keys come. */
  #aim: Viewport | null = null;
  /** How each machine was looked at when it was left for another tab. */
  readonly #left = new WeakMap<MachineState, Look>();

  /** A machine is looked at: as it was left, or all of it. */
  come(): void {
    const look = this.#left.get(this.#lab.machine);
    this.edits.refusal = null;
    this.#chosen = look?.chosen ?? {};
    this.fitted = look === undefined;
    this.#aim = null;
    if (look !== undefined) this.viewport = look.viewport;
  }

  /** Another machine, or no machine, will be looked at. */
  leave(machine: MachineState): void {
    if (this.fitted) this.#left.delete(machine);
    else this.#left.set(machine, { viewport: this.viewport, chosen: this.#chosen });
  }

  /** Another machine is on the table, or the field changed while nobody had moved: all is shown. */
  fit(): void {
    this.#chosen = {};
    this.#aim = null;
    this.viewport = this.#whole;
    this.fitted = true;
  }

  /** Shows all at once. */
  showAll(): void {
    this.#chosen = {};
    this.#go(this.#whole);
    this.fitted = true;
  }

  /** `factor` above 1 is nearer; about the middle of the field. */
  zoomBy(factor: number): void {
    const from = this.#aim ?? this.viewport;
    const zoom = Math.min(ZOOM.most, Math.max(this.least, from.zoom * factor));
    const ratio = zoom / from.zoom;
    const [cx, cy] = [this.width / 2, this.height / 2];
    this.#go({ x: cx - (cx - from.x) * ratio, y: cy - (cy - from.y) * ratio, zoom });
  }

  /** Moves what is seen by shares of the field. */
  pan(right: number, down: number): void {
    const { x, y, zoom } = this.#aim ?? this.viewport;
    this.#go({ x: x - right * this.width, y: y - down * this.height, zoom });
  }

  /** Somebody moved or zoomed by hand; choices that the zoom has overtaken are forgotten. */
  moved(): void {
    this.fitted = false;
    this.#aim = null;
    const { zoom } = this.viewport;
    if (zoom * CARD.width < FOLDS_BELOW) this.#chosen = {};
    else if (zoom < this.#openZoom && Object.values(this.#chosen).includes(false)) {
      this.#chosen = Object.fromEntries(Object.entries(this.#chosen).filter(([, open]) => open));
    }
  }

  /** Opens a group and goes as near as shows all of it. */
  open(group: number): void {
    const box = this.plan?.groups[group];
    if (box === undefined) return;
    this.#chosen = { ...this.#chosen, [group]: true };
    const near = fitting(box, this.width, this.height, 1);
    const from = this.#aim ?? this.viewport;
    const to = from.zoom * CARD.width < OPENS_AT ? near : revealing(from, box, this.width, this.height);
    this.fitted = false;
    if (to !== from) this.#go(to);
  }

  /** Folds a group; the place on the screen stays. */
  fold(group: number): void {
    this.#chosen = { ...this.#chosen, [group]: false };
    this.fitted = false;
  }

  openAll(open: boolean): void {
    this.#chosen = Object.fromEntries((this.plan?.groups ?? []).map((_, at) => [at, open]));
    const { zoom } = this.viewport;
    if (open && zoom * CARD.width < FOLDS_BELOW) this.zoomBy((FOLDS_BELOW * 1.01) / CARD.width / zoom);
  }

  /** Brings a node (or the folded group that it is in) into sight. */
  reveal(index: number): void {
    const { plan } = this;
    const group = this.hiddenIn(index);
    const box = group >= 0 ? plan?.groups[group] : plan?.cards[index];
    if (box === undefined) return;
    const from = this.#aim ?? this.viewport;
    const to = revealing(from, box, this.width, this.height);
    if (to !== from) this.#go(to);
  }

  /** Goes so near that the node is a card. */
  goTo(index: number): void {
    const box = this.plan?.cards[index];
    if (box === undefined) return;
    const group = this.plan?.groupOf[index] ?? -1;
    if (group >= 0) this.#chosen = { ...this.#chosen, [group]: true };
    const zoom = Math.max(1, Math.min(ZOOM.most, this.viewport.zoom));
    this.#go({
      x: this.width / 2 - (box.x + box.width / 2) * zoom,
      y: this.height / 2 - (box.y + box.height / 2) * zoom,
      zoom,
    });
  }

  /** The place of the node that is next in a direction, or -1. */
  nextTo(index: number, right: number, down: number): number {
    const { plan } = this;
    const from = plan?.cards[index];
    return plan === null || from === undefined ? -1 : nearest(plan.cards, from, right, down);
  }

  /** The same among groups. */
  groupNextTo(group: number, right: number, down: number): number {
    const from = this.plan?.groups[group];
    return from === undefined ? -1 : nearest(this.plan?.groups ?? [], from, right, down);
  }

  #go(to: Viewport): void {
    this.fitted = false;
    this.#aim = to;
    this.move(to);
  }
}

function nearest(boxes: readonly Rect[], from: Rect, right: number, down: number): number {
  let best = -1;
  let least = Infinity;
  boxes.forEach((box, at) => {
    const along = (box.x - from.x) * right + (box.y - from.y) * down;
    const aside = Math.abs(right === 0 ? box.x - from.x : box.y - from.y);
    if (along > 1 && along + 4 * aside < least) {
      best = at;
      least = along + 4 * aside;
    }
  });
  return best;
}
