/** The picture of a machine on its card, from its interconnect alone: boxes and lines in a field of 168 x 72. Pure. */
import type { MachineShape } from '../../src/lab/contract.ts';

export const FIELD = { width: 168, height: 72 } as const;
/** What the drawings reach of the field, all of them: a small picture shows no more of it. */
export const DRAWN = { x: 14, width: 140, height: FIELD.height } as const;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Width where it is not `size`: a memory. */
  readonly width?: number;
  /** Holds low memory (node 0), hence filled. */
  readonly first: boolean;
}

interface Drawing {
  readonly boxes: readonly Box[];
  /** Paths of lines, drawn below the boxes. */
  readonly lines: readonly string[];
  /** Line width, px. */
  readonly stroke: number;
}

/** What to draw for a machine. Machines with more nodes than can be told apart are drawn with fewer, smaller ones. */
export function drawMachine({ interconnect, nodes, cpus }: MachineShape): Drawing {
  if (nodes <= 1) return smp(Math.max(1, Math.min(cpus, 8)));
  if (nodes === 2) return pair();
  switch (interconnect) {
    case 'ring':
      return ring(nodes);
    case 'mesh':
      return mesh(nodes);
    default:
      return star(nodes);
  }
}

const box = (x: number, y: number, size: number, first: boolean): Box => ({
  x: x - size / 2,
  y: y - size / 2,
  size,
  first,
});

function ring(nodes: number): Drawing {
  const count = Math.min(nodes, 40);
  const rx = count > 8 ? 62 : count > 4 ? 46 : 40;
  const ry = 26;
  const size = count > 16 ? 4 : count > 8 ? 8 : 13;
  const boxes = Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count - Math.PI / 2;
    return box(
      FIELD.width / 2 + rx * Math.cos(angle),
      FIELD.height / 2 + ry * Math.sin(angle),
      index === 0 ? size + 1 : size,
      index === 0,
    );
  });
  const [cx, cy] = [FIELD.width / 2, FIELD.height / 2];
  return {
    boxes,
    lines: [`M${cx - rx} ${cy}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0`],
    stroke: 2,
  };
}

function mesh(nodes: number): Drawing {
  const columns = Math.min(nodes <= 16 ? Math.ceil(Math.sqrt(nodes)) : 11, nodes);
  const rows = Math.min(Math.ceil(nodes / columns), 6);
  const step = Math.min(13, 68 / rows, 150 / columns);
  const size = step * 0.5;
  const left = (FIELD.width - (columns - 1) * step) / 2;
  const top = (FIELD.height - (rows - 1) * step) / 2;
  const boxes: Box[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      boxes.push(box(left + column * step, top + row * step, size, row + column === 0));
    }
  }
  const right = left + (columns - 1) * step;
  const foot = top + (rows - 1) * step;
  const lines = [
    ...Array.from({ length: rows }, (_, row) => `M${left} ${top + row * step}H${right}`),
    ...Array.from({ length: columns }, (_, column) => `M${left + column * step} ${top}V${foot}`),
  ];
  return { boxes, lines, stroke: 1 };
}

/** Crossbar, explicit links and latency matrices: every node reaches a middle. */
function star(nodes: number): Drawing {
  const count = Math.min(nodes, 16);
  const above = Math.ceil(count / 2);
  const size = count > 8 ? 8 : 11;
  const step = Math.min(30, 144 / above);
  const [cx, cy] = [FIELD.width / 2, FIELD.height / 2];
  const boxes: Box[] = [];
  const lines: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const upper = index < above;
    const inRow = upper ? above : count - above;
    const x = cx + ((upper ? index : index - above) - (inRow - 1) / 2) * step;
    const y = upper ? 12 : FIELD.height - 12;
    boxes.push(box(x, y, size, index === 0));
    lines.push(`M${x} ${y}L${cx} ${cy}`);
  }
  boxes.push({ ...box(cx, cy, 12, false), width: 12 });
  return { boxes, lines, stroke: 1.2 };
}

function pair(): Drawing {
  const y = FIELD.height / 2;
  return { boxes: [box(54, y, 24, true), box(114, y, 24, false)], lines: [`M66 ${y}H102`], stroke: 3 };
}

/** CPUs on one bus over one memory. */
function smp(cpus: number): Drawing {
  const step = Math.min(22, 130 / cpus);
  const size = cpus === 1 ? 16 : Math.min(12, step - 5);
  const cx = FIELD.width / 2;
  const left = cx - ((cpus - 1) * step) / 2;
  const xs = Array.from({ length: cpus }, (_, index) => left + index * step);
  const boxes: Box[] = xs.map((x) => box(x, 18, size, false));
  boxes.push({ x: cx - 24, y: 48, size: 13, width: 48, first: true });
  const half = Math.max(30, ((cpus - 1) * step) / 2 + 8);
  const bus = cpus === 1 ? [] : [`M${cx - half} 36H${cx + half}`];
  return { boxes, lines: [...bus, ...xs.map((x) => `M${x} 18V36`), `M${cx} ${cpus === 1 ? 18 : 36}V48`], stroke: 2 };
}
