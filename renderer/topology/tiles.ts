/** Which tiles of a large machine are seen: a grid in the mesh's own columns, or as many as fit. Pure. */

export const TILE = { width: 112, height: 54, gap: 10, padding: 12 } as const;
const PITCH_X = TILE.width + TILE.gap;
const PITCH_Y = TILE.height + TILE.gap;

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
}

/** The whole grid. `meshColumns` is null where nodes have no place of their own. */
export function gridOf(count: number, width: number, meshColumns: number | null): Grid {
  const fitting = Math.max(1, Math.floor((width - 2 * TILE.padding + TILE.gap) / PITCH_X));
  const columns = Math.max(1, Math.min(count, meshColumns ?? fitting));
  const rows = Math.ceil(count / columns);
  return {
    columns,
    rows,
    width: columns * PITCH_X - TILE.gap + 2 * TILE.padding,
    height: rows * PITCH_Y - TILE.gap + 2 * TILE.padding,
  };
}

/** Places of nodes in the window of the scroller, in reading order. */
export function seenIn(
  grid: Grid,
  count: number,
  view: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): readonly number[] {
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));
  const firstColumn = clamp(Math.floor((view.left - TILE.padding) / PITCH_X), grid.columns - 1);
  const lastColumn = clamp(Math.floor((view.left + view.width) / PITCH_X), grid.columns - 1);
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
    x: TILE.padding + (index % grid.columns) * PITCH_X,
    y: TILE.padding + Math.floor(index / grid.columns) * PITCH_Y,
  };
}
