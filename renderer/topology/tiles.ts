/** Which tiles of a large machine are seen: a grid in the mesh's own columns, or as many as fit. Pure. */

export const TILE = { width: 112, least: 92, height: 54, gap: 10, padding: 12 } as const;
const PITCH_Y = TILE.height + TILE.gap;

interface Grid {
  /** Width of a tile, px: narrower where a mesh's own columns then fit. */
  readonly tile: number;
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
}

/** The whole grid. `meshColumns` is null where nodes have no place of their own. */
export function gridOf(count: number, width: number, meshColumns: number | null): Grid {
  const room = width - 2 * TILE.padding + TILE.gap;
  const fitting = Math.max(1, Math.floor(room / (TILE.width + TILE.gap)));
  const columns = Math.max(1, Math.min(count, meshColumns ?? fitting));
  const rows = Math.ceil(count / columns);
  const narrow = Math.floor(room / columns) - TILE.gap;
  const tile = narrow >= TILE.least ? Math.min(TILE.width, narrow) : TILE.width;
  return {
    tile,
    columns,
    rows,
    width: columns * (tile + TILE.gap) - TILE.gap + 2 * TILE.padding,
    height: rows * PITCH_Y - TILE.gap + 2 * TILE.padding,
  };
}

/** Places of nodes in the window of the scroller, in reading order. */
export function seenIn(
  grid: Grid,
  count: number,
  view: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): readonly number[] {
  const pitch = grid.tile + TILE.gap;
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));
  const firstColumn = clamp(Math.floor((view.left - TILE.padding) / pitch), grid.columns - 1);
  const lastColumn = clamp(Math.floor((view.left + view.width) / pitch), grid.columns - 1);
  const firstRow = clamp(Math.floor((view.top - TILE.padding) / PITCH_Y) - 1, grid.rows - 1);
  const lastRow = clamp(Math.floor((view.top + view.height) / PITCH_Y) + 1, grid.rows - 1);
  const seen: number[] = [];
  for (let row = firstRow; row <= lastRow; row += 1) {
    for (let column = firstColumn; column <= lastColumn; column += 1) {
      const index = row * grid.columns + column;
      if (index < count) seen.push(index);
    }
  }
  return seen;
}

/** Top left corner of the tile at `index`. */
export function tileAt(grid: Grid, index: number): { readonly x: number; readonly y: number } {
  return {
    x: TILE.padding + (index % grid.columns) * (grid.tile + TILE.gap),
    y: TILE.padding + Math.floor(index / grid.columns) * PITCH_Y,
  };
}
