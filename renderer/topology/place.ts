/** Points, boxes and links of the drawing, in the drawing's own units (px at a zoom of 1). Pure. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect extends Point {
  readonly width: number;
  readonly height: number;
}

/** A link between two nodes, or two groups (places in their order). */
export interface Link {
  readonly from: number;
  readonly to: number;
  readonly path: string;
  /** Where its load is written. */
  readonly label: Point;
  /** Which way it runs at the label; empty where it runs both ways. */
  readonly arrow: Arrow;
}

export type Arrow = '' | '→' | '←' | '↑' | '↓';

export const middle = (rect: Rect): Point => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });

export const touches = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** The least box around boxes; nothing for none. */
export function around(rects: readonly Rect[]): Rect {
  if (rects.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of rects) {
    x0 = Math.min(x0, x);
    y0 = Math.min(y0, y);
    x1 = Math.max(x1, x + width);
    y1 = Math.max(y1, y + height);
  }
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}

/** A link straight from edge to edge where boxes stand in a row or a column, otherwise from middle to middle, below them. */
export function straight(a: Rect, b: Rect): { readonly path: string; readonly label: Point } {
  const [p, q] = [middle(a), middle(b)];
  if (Math.abs(p.y - q.y) < 1) {
    const [x0, x1] = p.x < q.x ? [a.x + a.width, b.x] : [a.x, b.x + b.width];
    return { path: `M${x0} ${p.y}H${x1}`, label: { x: (x0 + x1) / 2, y: p.y } };
  }
  if (Math.abs(p.x - q.x) < 1) {
    const [y0, y1] = p.y < q.y ? [a.y + a.height, b.y] : [a.y, b.y + b.height];
    return { path: `M${p.x} ${y0}V${y1}`, label: { x: p.x, y: (y0 + y1) / 2 } };
  }
  return { path: `M${p.x} ${p.y}L${q.x} ${q.y}`, label: { x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 } };
}

/** Which way a straight link runs. */
export function arrowOf(a: Rect, b: Rect): Arrow {
  const [p, q] = [middle(a), middle(b)];
  if (Math.abs(q.x - p.x) >= Math.abs(q.y - p.y)) return q.x > p.x ? '→' : '←';
  return q.y > p.y ? '↓' : '↑';
}
