/**
 * A chart as a picture that explains itself away from the window: title, unit, what ran, legend, then the chart as Plot
 * draws it. As PNG it is drawn at twice its size; as SVG by svgcanvas, so that lines stay lines and text stays text.
 */
import type { Plugin } from 'chart.js';
import { Context, Element } from 'svgcanvas';
import { colour, isPlain, paintTile, type SeriesLook, TILE } from '../charts/look.ts';
import { Plot } from '../charts/plot.ts';
import type { Span } from '../charts/decimate.ts';
import { type ChartSpec, isMuted, type Series } from '../charts/spec.ts';

export interface PictureOf {
  readonly spec: ChartSpec;
  readonly span: Span;
  /** What ran, in a line under the title. */
  readonly caption: string;
}

const WIDTH = 960;
const HEIGHT = 420;
const EDGE = 16;
const LINE = 18;
/** Pixels of a PNG for one of the picture. */
const PNG_RATIO = 2;

/** The chart as a standalone SVG file. */
export function chartSvg(of: PictureOf): string {
  const ctx = document.createElement('canvas').getContext('2d');
  const canvas = new Element({ width: WIDTH, height: HEIGHT, ...(ctx === null ? {} : { ctx }) });
  const target = canvas as unknown as HTMLCanvasElement;
  const fill = (look: SeriesLook): string | CanvasPattern => {
    if (isPlain(look)) return colour(look.token);
    const tile = new Context({ width: TILE, height: TILE }) as unknown as CanvasRenderingContext2D;
    paintTile(tile, look);
    const page = canvas.ctx as unknown as CanvasRenderingContext2D;
    return page.createPattern(tile as unknown as CanvasImageSource, 'repeat') ?? colour(look.token);
  };
  paint(target, of, 1, fill);
  return canvas.ctx.getSerializedSvg(true);
}

/** The chart as a PNG file. Rejects where the window has no canvas. */
export async function chartPng(of: PictureOf): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  paint(canvas, of, PNG_RATIO);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The picture could not be made.');
  return blob;
}

function paint(
  canvas: HTMLCanvasElement,
  of: PictureOf,
  ratio: number,
  fill?: (look: SeriesLook) => string | CanvasPattern,
): void {
  const rows = legendRows(of.spec);
  const top = EDGE + 2 * LINE + rows.length * LINE + 8;
  const plot = new Plot(canvas, {
    log: of.spec.axis === 'log',
    padding: { top, left: EDGE, right: EDGE + 20, bottom: EDGE },
    picture: { ratio },
    plugins: [head(of, rows)],
    ...(fill === undefined ? {} : { fill, direct: true }),
  });
  try {
    // Twice: columns of pixels are those between the axes, which are where they are after the first.
    plot.draw({ spec: of.spec, span: of.span, highlighted: null });
    plot.draw({ spec: of.spec, span: of.span, highlighted: null });
  } finally {
    plot.release();
  }
}

interface LegendItem {
  readonly series: Series | null;
  readonly text: string;
}

/** Names of the series, in rows of what fits; of many those in colour, and how many there are beside them. */
function legendRows(spec: ChartSpec): readonly (readonly LegendItem[])[] {
  const ctx = document.createElement('canvas').getContext('2d');
  if (ctx !== null) ctx.font = font(400);
  const coloured = spec.series.filter((series) => !isMuted(series));
  const muted = spec.series.length - coloured.length;
  const items: LegendItem[] = coloured.map((series) => ({ series, text: series.label }));
  if (muted > 0) items.push({ series: null, text: `${muted} more series in grey` });
  const rows: LegendItem[][] = [];
  let room = 0;
  for (const item of items) {
    const width = 40 + (ctx?.measureText(item.text).width ?? item.text.length * 7);
    if (room < width || rows.length === 0) {
      rows.push([]);
      room = WIDTH - 2 * EDGE;
    }
    rows.at(-1)?.push(item);
    room -= width;
  }
  return rows;
}

const font = (weight: number, size = 12): string => `${weight} ${size}px ${colour('--sans')}`;

function head({ spec, caption }: PictureOf, rows: readonly (readonly LegendItem[])[]): Plugin<'line'> {
  return {
    id: 'head',
    beforeDraw({ ctx, width, height }) {
      ctx.save();
      ctx.fillStyle = colour('--bg-1');
      ctx.fillRect(0, 0, width, height);
      ctx.textAlign = 'left';
      ctx.textBaseline = 'alphabetic';
      write(ctx, spec.title, EDGE, EDGE + 12, font(600, 14), '--text-1');
      ctx.font = font(600, 14);
      write(ctx, spec.unit, EDGE + ctx.measureText(spec.title).width + 8, EDGE + 12, font(400), '--text-3');
      write(ctx, caption, EDGE, EDGE + 12 + LINE, font(400), '--text-3');
      rows.forEach((row, number) => {
        let x = EDGE;
        const y = EDGE + 12 + (number + 2) * LINE;
        for (const { series, text } of row) {
          if (series !== null) sample(ctx, series.look, x, y - 4);
          else line(ctx, '--line-3', [], 1, x, y - 4);
          write(ctx, text, x + 22, y, font(400), '--text-2');
          x += 40 + ctx.measureText(text).width;
        }
      });
      ctx.restore();
    },
  };
}

function write(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, type: string, token: string): void {
  ctx.font = type;
  ctx.fillStyle = colour(token);
  ctx.fillText(text, x, y);
}

function sample(ctx: CanvasRenderingContext2D, look: SeriesLook, x: number, y: number): void {
  if (look.fill === undefined) {
    line(ctx, look.token, look.dash, 1.75, x, y);
    return;
  }
  ctx.save();
  ctx.translate(x + 3, y - 5);
  ctx.beginPath();
  ctx.rect(0, 0, TILE * 1.5, TILE * 1.5);
  ctx.fillStyle = colour(look.token);
  ctx.fill();
  if (!isPlain(look)) {
    ctx.clip();
    paintTile(ctx, look);
  }
  ctx.restore();
}

function line(
  ctx: CanvasRenderingContext2D,
  token: string,
  dash: readonly number[],
  width: number,
  x: number,
  y: number,
): void {
  ctx.strokeStyle = colour(token);
  ctx.lineWidth = width;
  ctx.setLineDash([...dash]);
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + 16, y);
  ctx.stroke();
  ctx.setLineDash([]);
}
