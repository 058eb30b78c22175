/**
 * Where the cards of a small machine stand and how the interconnect runs between them. Pure geometry, in pixels. Two
 * rows with the interconnect between them, as the machines' own drawings have it (a ring goes on from right to left in
 * the lower row); a mesh in its own columns. Larger machines stand in a grid: see plan.ts.
 */
import type { InterconnectSpec } from '../../src/sim/profiles/schema.ts';
import { middle, type Link, type Point, type Rect } from './place.ts';

export interface Scene {
  readonly width: number;
  readonly height: number;
  /** One a node, in the order of the nodes. */
  readonly cards: readonly Rect[];
  readonly links: readonly Link[];
  /** Paths that join nodes to the interconnect. */
  readonly stubs: readonly string[];
  /** Where a stub meets a link. */
  readonly ports: readonly Point[];
  /** A crossbar's body. */
  readonly body: Rect | null;
  /** Where the interconnect is named, centred; null where there is none. */
  readonly caption: Point | null;
}

const PADDING = 12;
const GAP = 12;
/** Room for the load of a link between two cards of a mesh. */
const MESH_GAP = 50;
/** Room for the name of the interconnect where it stands at the foot, because links cross where it would be. */
const FOOT = 26;
const STRIP = { most: 58, least: 54 };
/** Where in the strip the ring's upper half runs: between the loads of both halves there is a line of words. */
const RING_AT = 0.21;
/** Below this height the strip gives room to the cards. */
const TIGHT = 380;
const MIN_CARD = { width: 164, height: 104 };
const MAX_CARD = { width: 300, height: 280 };

/** More columns or rows than these stand in a grid of their own. */
const MOST = { columns: 8, rows: 4 };

/** The scene for a field of that size, larger than it where the cards would be too small to read; null for more than fit. */
export function arrange(
  interconnect: InterconnectSpec,
  ids: readonly number[],
  width: number,
  height: number,
): Scene | null {
  const count = ids.length;
  const mesh = interconnect.kind === 'mesh' && count > 2;
  const columns = mesh ? Math.min(interconnect.columns, count) : count <= 2 ? count : Math.ceil(count / 2);
  const rows = Math.ceil(count / columns);
  const gap = mesh ? MESH_GAP : GAP;
  const strip = height < TIGHT ? STRIP.least : STRIP.most;
  const between = mesh ? MESH_GAP : strip;
  const fabric = interconnect.kind !== 'none' && count > 1;
  const foot = fabric && (mesh || interconnect.kind === 'links') ? FOOT : 0;
  // A single row has the strip below it.
  const below = (fabric && !mesh && rows === 1 ? strip : 0) + foot;
  if (columns > MOST.columns || rows > MOST.rows) return null;
  const cardWidth = Math.max(
    MIN_CARD.width,
    Math.min(MAX_CARD.width, (width - 2 * PADDING - (columns - 1) * gap) / columns),
  );
  const free = height - 2 * PADDING - (rows - 1) * between - below;
  const cardHeight = Math.min(MAX_CARD.height, Math.max(MIN_CARD.height, free / rows));
  const used = columns * cardWidth + (columns - 1) * gap;
  const left = Math.max(PADDING, (width - used) / 2);
  const tall = rows * cardHeight + (rows - 1) * between + below + 2 * PADDING;
  const top = PADDING + Math.max(0, (height - tall) / 2);

  const ring = interconnect.kind === 'ring';
  const cards = ids.map((_, index): Rect => {
    const row = Math.floor(index / columns);
    const place = index % columns;
    const column = ring && row % 2 === 1 ? columns - 1 - place : place;
    return {
      x: left + column * (cardWidth + gap),
      y: top + row * (cardHeight + between),
      width: cardWidth,
      height: cardHeight,
    };
  });
  const size = { width: Math.max(width, used + 2 * PADDING), height: Math.max(height, tall), cards };
  const nothing = { links: [], stubs: [], ports: [], body: null, caption: null };
  if (!fabric) return { ...size, ...nothing };
  const atFoot = { x: size.width / 2, y: top + tall - 2 * PADDING - FOOT + 20 };
  if (mesh) {
    return { ...size, ...nothing, links: meshLinks(cards, columns), caption: atFoot };
  }
  const field = { x: left, y: top + cardHeight, width: used, height: strip };
  const drawing = { ring: ringIn, crossbar: busIn, matrix: busIn, links: linksIn, mesh: busIn, none: busIn }[
    interconnect.kind
  ];
  return {
    ...size,
    ...nothing,
    ...drawing(cards, field, interconnect, ids),
    caption: foot > 0 ? atFoot : middle(field),
  };
}

type Drawn = Partial<Pick<Scene, 'links' | 'stubs' | 'ports' | 'body'>>;

const centre = (card: Rect): number => card.x + card.width / 2;
const isUpper = (card: Rect, strip: Rect): boolean => card.y < strip.y;

function ringIn(cards: readonly Rect[], strip: Rect, interconnect: InterconnectSpec): Drawn {
  const y1 = strip.y + strip.height * RING_AT;
  const y2 = strip.y + strip.height * (1 - RING_AT);
  const r = (y2 - y1) / 2;
  const xs = cards.map(centre);
  const x0 = Math.max(strip.x + r + 2, Math.min(...xs) - 46);
  const x1 = Math.min(strip.x + strip.width - r - 2, Math.max(...xs) + 46);
  const ports = cards.map((card) => ({ x: centre(card), y: isUpper(card, strip) ? y1 : y2 }));
  const rightEnd = `H${x1}a${r} ${r} 0 0 1 0 ${2 * r}`;
  const leftEnd = `H${x0}a${r} ${r} 0 0 1 0 ${-2 * r}`;
  const oneWay = interconnect.kind === 'ring' && interconnect.oneWay;
  const links = ports.map((a, from): Link => {
    const to = (from + 1) % ports.length;
    const b = ports[to];
    const way = (arrow: Link['arrow'], label: Point, between = ''): Link => {
      return { from, to, path: `M${a.x} ${a.y}${between}H${b.x}`, label, arrow: oneWay ? arrow : '' };
    };
    const half = (a.x + b.x) / 2;
    if (a.y === y1 && b.y === y1 && b.x > a.x) return way('→', { x: half, y: y1 });
    if (a.y === y2 && b.y === y2) return way('←', { x: half, y: y2 });
    if (a.y === y1 && b.y === y2) return way('↓', { x: x1 + r, y: (y1 + y2) / 2 }, rightEnd);
    if (a.y === y2) return way('↑', { x: x0 - r, y: (y1 + y2) / 2 }, leftEnd);
    // One row only: the way back runs below it.
    return way('←', { x: half, y: y2 }, rightEnd + leftEnd);
  });
  return { links, ports, stubs: stubs(cards, strip, ports) };
}

function busIn(cards: readonly Rect[], strip: Rect): Drawn {
  const { y } = middle(strip);
  const xs = cards.map(centre);
  const x0 = Math.max(strip.x, Math.min(...xs) - 60);
  const x1 = Math.min(strip.x + strip.width, Math.max(...xs) + 60);
  const body = { x: x0, y: y - 12, width: x1 - x0, height: 24 };
  const ports = cards.map((card) => ({ x: centre(card), y: isUpper(card, strip) ? body.y : body.y + body.height }));
  return { body, ports, stubs: stubs(cards, strip, ports) };
}

function linksIn(cards: readonly Rect[], strip: Rect, interconnect: InterconnectSpec, ids: readonly number[]): Drawn {
  if (interconnect.kind !== 'links') return {};
  const port = (id: number): Point | undefined => {
    const card = cards[ids.indexOf(id)];
    if (card === undefined) return undefined;
    return { x: centre(card), y: isUpper(card, strip) ? strip.y + 8 : strip.y + strip.height - 8 };
  };
  const links = interconnect.links.flatMap((link): Link[] => {
    const [a, b] = [port(link.from), port(link.to)];
    if (a === undefined || b === undefined) return [];
    // Links within a row bend into the strip so that they do not run behind the cards.
    const bend = a.y === b.y ? middle(strip).y * 2 - a.y : (a.y + b.y) / 2;
    const half = (a.x + b.x) / 2;
    // A third of the way: in the middle several links would write over each other.
    const label = { x: (4 * a.x + 4 * half + b.x) / 9, y: (4 * a.y + 4 * bend + b.y) / 9 };
    const path = `M${a.x} ${a.y}Q${half} ${bend} ${b.x} ${b.y}`;
    return [{ from: ids.indexOf(link.from), to: ids.indexOf(link.to), path, label, arrow: '' }];
  });
  const ports = ids.flatMap((id) => port(id) ?? []);
  return { links, ports, stubs: stubs(cards, strip, ports) };
}

function stubs(cards: readonly Rect[], strip: Rect, ports: readonly Point[]): readonly string[] {
  return cards.map((card, index) => {
    const edge = isUpper(card, strip) ? card.y + card.height : card.y;
    return `M${centre(card)} ${edge}V${ports[index].y}`;
  });
}

function meshLinks(cards: readonly Rect[], columns: number): readonly Link[] {
  return cards.flatMap((card, from) => {
    const links: Link[] = [];
    const right = (from + 1) % columns === 0 ? undefined : cards[from + 1];
    const down = cards[from + columns];
    const y = card.y + card.height / 2;
    const edge = { x: card.x + card.width, y: card.y + card.height };
    if (right !== undefined) {
      const label = { x: (edge.x + right.x) / 2, y };
      links.push({ from, to: from + 1, path: `M${edge.x} ${y}H${right.x}`, label, arrow: '' });
    }
    if (down !== undefined) {
      const label = { x: centre(card), y: (edge.y + down.y) / 2 };
      links.push({ from, to: from + columns, path: `M${centre(card)} ${edge.y}V${down.y}`, label, arrow: '' });
    }
    return links;
  });
}
