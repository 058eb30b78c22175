/**
 * Where every node of a machine stands, from one node to 4,096. A few stand in two rows around their interconnect
 * (arrange.ts); more in a grid as the interconnect has them: a mesh in its own columns, a ring to and fro. Above 64 they
 * stand in groups, which can be folded: squares of a mesh, stretches of a ring, and otherwise neighbours by links or by
 * number. Places do not change when a group is folded, so that the eye keeps its place. Pure geometry.
 */
import type { InterconnectSpec } from '../../src/sim/profiles/schema.ts';
import { arrange, type Scene } from './arrange.ts';
import { around, arrowOf, straight, type Link, type Point, type Rect } from './place.ts';

/** Nodes that stand together and can be folded. */
export interface Group extends Rect {
  readonly title: string;
  /** Where there is hardly room: the first node and that more follow. */
  readonly short: string;
  /** Places in the order of the nodes. */
  readonly members: readonly number[];
}

export interface Plan extends Omit<Scene, 'links'> {
  /** Empty up to 64 nodes. */
  readonly groups: readonly Group[];
  /** The group of each node, by place; -1 where there are none. */
  readonly groupOf: readonly number[];
  /** Links that start at a node, each once. */
  readonly linksFrom: (index: number) => readonly Link[];
  /** What joins groups. */
  readonly groupLinks: readonly Link[];
}

/** Wider than tall, as fields are: nodes of a square mesh then fill them better. */
export const CARD = { width: 280, height: 150 } as const;
const GAP = 50;
const PADDING = 24;
/** More nodes than these are grouped. */
export const UNGROUPED = 64;
/** The head leaves room for words at the zoom at which groups open. */
const GROUP = { head: 150, padding: 24, gap: 90 } as const;
/** Above this many nodes a group holds 64, otherwise 16: so there are never more than 64 groups. */
const SMALL_GROUPS = 256;

/** The plan for a field of that size; only small machines follow the field. */
export function planOf(interconnect: InterconnectSpec, ids: readonly number[], width: number, height: number): Plan {
  const scene = arrange(interconnect, ids, width, height);
  if (scene !== null) {
    const { links, ...rest } = scene;
    const groupOf = ids.map(() => -1);
    return {
      ...rest,
      groups: [],
      groupOf,
      linksFrom: (index) => links.filter(({ from }) => from === index),
      groupLinks: [],
    };
  }
  const next = neighbours(interconnect, ids);
  return ids.length <= UNGROUPED ? gridPlan(interconnect, ids.length, next) : groupedPlan(interconnect, ids, next);
}

/** Nodes that a node has a link to, each link once; by places. */
type Next = (index: number) => readonly number[];

function neighbours(interconnect: InterconnectSpec, ids: readonly number[]): Next {
  const count = ids.length;
  if (interconnect.kind === 'ring') return (index) => [(index + 1) % count];
  if (interconnect.kind === 'mesh') {
    const { columns } = interconnect;
    return (index) => [
      ...((index + 1) % columns === 0 || index + 1 >= count ? [] : [index + 1]),
      ...(index + columns < count ? [index + columns] : []),
    ];
  }
  if (interconnect.kind !== 'links') return () => [];
  const places = new Map(ids.map((id, index) => [id, index]));
  const all: number[][] = ids.map(() => []);
  for (const link of interconnect.links) {
    const [from, to] = [places.get(link.from), places.get(link.to)];
    if (from !== undefined && to !== undefined) all[from].push(to);
  }
  return (index) => all[index] ?? [];
}

/** A grid of `count` places: to and fro for a ring, which then comes back along its left side. */
interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly at: (index: number) => { readonly column: number; readonly row: number };
}

function gridOf(interconnect: InterconnectSpec, count: number, aspect: number): Grid {
  if (interconnect.kind === 'mesh') {
    const columns = Math.min(interconnect.columns, count);
    const at = (index: number): { column: number; row: number } => ({
      column: index % columns,
      row: Math.floor(index / columns),
    });
    return { columns, rows: Math.ceil(count / columns), at };
  }
  const wished = Math.max(1, Math.round(Math.sqrt(count / aspect)));
  // An even number of rows brings a ring back to the side where it began.
  const rows = interconnect.kind === 'ring' ? Math.max(2, wished + (wished % 2)) : wished;
  const columns = Math.ceil(count / rows);
  return {
    columns,
    rows: Math.ceil(count / columns),
    at: (index) => {
      const row = Math.floor(index / columns);
      const place = index % columns;
      return { row, column: interconnect.kind === 'ring' && row % 2 === 1 ? columns - 1 - place : place };
    },
  };
}

/** Width to height of what is looked at. */
const ASPECT = 2;
const PITCH = { x: CARD.width + GAP, y: CARD.height + GAP } as const;

function gridPlan(interconnect: InterconnectSpec, count: number, next: Next): Plan {
  const grid = gridOf(interconnect, count, (ASPECT * PITCH.y) / PITCH.x);
  const margin = PADDING + (interconnect.kind === 'ring' ? GAP : 0);
  const cards = Array.from({ length: count }, (_, index): Rect => {
    const { column, row } = grid.at(index);
    return { x: margin + column * PITCH.x, y: PADDING + row * PITCH.y, ...CARD };
  });
  const box = around(cards);
  return {
    width: box.width + 2 * margin,
    height: box.height + 2 * PADDING,
    cards,
    groups: [],
    groupOf: cards.map(() => -1),
    groupLinks: [],
    linksFrom: (index) => linksFrom(interconnect, cards, index, next),
    ...bus(interconnect, cards),
    caption: null,
  };
}

function linksFrom(interconnect: InterconnectSpec, boxes: readonly Rect[], from: number, next: Next): readonly Link[] {
  const oneWay = interconnect.kind === 'ring' && interconnect.oneWay;
  return next(from).map((to) => {
    const [a, b] = [boxes[from], boxes[to]];
    const around = interconnect.kind === 'ring' && to === 0 && from > 1;
    const drawn = around ? wayBack(a, b) : straight(a, b);
    return { from, to, ...drawn, arrow: oneWay ? (around ? '↑' : arrowOf(a, b)) : '' };
  });
}

/** From the end of a ring to its beginning, along the left side. */
function wayBack(last: Rect, first: Rect): { readonly path: string; readonly label: Point } {
  const x = first.x - GAP / 2;
  const [y0, y1] = [last.y + last.height / 2, first.y + first.height / 2];
  return { path: `M${last.x} ${y0}H${x}V${y1}H${first.x}`, label: { x, y: (y0 + y1) / 2 } };
}

/** A crossbar over several rows: a trunk at the left with a bar below each row, from which every box is reached. */
function bus(interconnect: InterconnectSpec, boxes: readonly Rect[]): Pick<Plan, 'stubs' | 'ports' | 'body'> {
  if (interconnect.kind !== 'crossbar' && interconnect.kind !== 'matrix') return { stubs: [], ports: [], body: null };
  const box = around(boxes);
  const trunk = { x: box.x - PADDING + 6, y: box.y, width: 8, height: box.height + GAP / 2 };
  const feet = [...new Set(boxes.map(({ y, height }) => y + height))];
  const ports = boxes.map((rect) => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height + GAP / 2 }));
  const bars = feet.map((foot) => `M${trunk.x + 4} ${foot + GAP / 2}H${box.x + box.width}`);
  return {
    stubs: [...bars, ...boxes.map((rect, index) => `M${ports[index].x} ${rect.y + rect.height}V${ports[index].y}`)],
    ports,
    body: trunk,
  };
}

function groupedPlan(interconnect: InterconnectSpec, ids: readonly number[], next: Next): Plan {
  const count = ids.length;
  const side = count <= SMALL_GROUPS ? 4 : 8;
  const drafts =
    interconnect.kind === 'mesh' ? squares(interconnect.columns, ids, side) : stretches(interconnect, ids, side, next);
  const block = {
    width: side * PITCH.x - GAP + 2 * GROUP.padding,
    height: side * PITCH.y - GAP + GROUP.head + GROUP.padding,
  };
  const cards: Rect[] = Array.from({ length: count });
  const groupOf: number[] = Array.from({ length: count }, () => -1);
  const groups = drafts.map(({ title, members, column, row }, at): Group => {
    const x = PADDING + GROUP.gap + column * (block.width + GROUP.gap);
    const y = PADDING + row * (block.height + GROUP.gap);
    for (const { index, column: inner, row: below } of members) {
      cards[index] = { x: x + GROUP.padding + inner * PITCH.x, y: y + GROUP.head + below * PITCH.y, ...CARD };
      groupOf[index] = at;
    }
    return { x, y, ...block, title, short: `${ids[members[0].index]}…`, members: members.map(({ index }) => index) };
  });
  const box = around(groups);
  return {
    width: box.width + 2 * (PADDING + GROUP.gap),
    height: box.height + 2 * PADDING,
    cards,
    groups,
    groupOf,
    linksFrom: (index) => linksFrom(interconnect, cards, index, next),
    groupLinks: between(interconnect, groups, groupOf, next),
    ...bus(interconnect, groups),
    caption: null,
  };
}

/** A group before it has a place of its own: its column and row among groups, and its members' within it. */
interface Draft {
  readonly title: string;
  readonly column: number;
  readonly row: number;
  readonly members: readonly { readonly index: number; readonly column: number; readonly row: number }[];
}

/** Squares of a mesh: neighbours stay neighbours. */
function squares(columns: number, ids: readonly number[], side: number): readonly Draft[] {
  const across = Math.ceil(columns / side);
  const rows = Math.ceil(ids.length / columns);
  const drafts: { title: string; column: number; row: number; members: Draft['members'][number][] }[] = [];
  for (let at = 0; at < across * Math.ceil(rows / side); at += 1) {
    const [column, row] = [at % across, Math.floor(at / across)];
    const last = { row: Math.min(rows, (row + 1) * side) - 1, column: Math.min(columns, (column + 1) * side) - 1 };
    drafts.push({
      title: `Rows ${row * side}–${last.row}, columns ${column * side}–${last.column}`,
      ...{ column, row, members: [] },
    });
  }
  ids.forEach((_, index) => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    const at = Math.floor(row / side) * across + Math.floor(column / side);
    drafts[at].members.push({ index, column: column % side, row: row % side });
  });
  return drafts.filter(({ members }) => members.length > 0);
}

/** Stretches of a ring in its order; otherwise nodes that follow each other by links, or by number. */
function stretches(interconnect: InterconnectSpec, ids: readonly number[], side: number, next: Next): readonly Draft[] {
  const order = interconnect.kind === 'links' ? byLinks(ids.length, next) : ids.map((_, index) => index);
  const size = side * side;
  const count = Math.ceil(order.length / size);
  const grid = gridOf(interconnect, count, 1.4);
  return Array.from({ length: count }, (_, at) => {
    const part = order.slice(at * size, (at + 1) * size);
    const members = part.map((index, place) => {
      const row = Math.floor(place / side);
      // A ring goes to and fro within its stretch also.
      const column = interconnect.kind === 'ring' && row % 2 === 1 ? side - 1 - (place % side) : place % side;
      return { index, column, row };
    });
    const [first, last] = [ids[part[0]], ids[part[part.length - 1]]];
    const title =
      interconnect.kind === 'links' ? `${part.length} nodes around node ${first}` : `Nodes ${first}–${last}`;
    return { title, members, ...grid.at(at) };
  });
}

/** Every node once, each after one that it has a link with, as far as there is one. */
function byLinks(count: number, next: Next): readonly number[] {
  const both: number[][] = Array.from({ length: count }, () => []);
  for (let index = 0; index < count; index += 1) {
    for (const to of next(index)) {
      both[index].push(to);
      both[to].push(index);
    }
  }
  const order: number[] = [];
  const seen = new Set<number>();
  for (let start = 0; start < count; start += 1) {
    if (seen.has(start)) continue;
    seen.add(start);
    order.push(start);
    for (let at = order.length - 1; at < order.length; at += 1) {
      for (const to of both[order[at]]) {
        if (seen.has(to)) continue;
        seen.add(to);
        order.push(to);
      }
    }
  }
  return order;
}

/** One link for all those that join the same two groups. */
function between(
  interconnect: InterconnectSpec,
  groups: readonly Group[],
  groupOf: readonly number[],
  next: Next,
): readonly Link[] {
  const seen = new Set<number>();
  const links: Link[] = [];
  groupOf.forEach((from, index) => {
    for (const member of next(index)) {
      const to = groupOf[member];
      const key = Math.min(from, to) * groups.length + Math.max(from, to);
      if (from === to || seen.has(key)) continue;
      seen.add(key);
      links.push(...linksFrom(interconnect, groups, from, () => [to]));
    }
  });
  return links;
}
