import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const NUMBERS = fileURLToPath(new URL('../docs/inference-growth.json', import.meta.url));
const PLOT = fileURLToPath(new URL('../docs/inference-growth.svg', import.meta.url));

interface Point {
  readonly ms: number;
  readonly heapMb: number;
}

/** The answer of the benchmark `infer-grow`. */
interface Growth {
  readonly datesOfTiles: number;
  readonly dates: readonly (Point & { readonly dates: number })[];
  readonly tiles: readonly (Point & { readonly tiles: number })[];
}

/** Sizes in pixels of the drawing. */
const PANEL = { width: 320, height: 220, left: 60, top: 50, gap: 130, bottom: 60 } as const;
const COLOURS = { time: '#2a7a4b', heap: '#b5835b' } as const;

/** The engine's promise, megabytes: the right-hand axis ends there. */
const HEAP_LIMIT_MB = 100;

const MS_PER_SECOND = 1000;

/** Draws docs/inference-growth.json beside itself; what has not been measured is not drawn. */
export async function plotGrowth(): Promise<readonly string[]> {
  if (!existsSync(NUMBERS)) return [];
  const { dates, tiles, datesOfTiles } = JSON.parse(await readFile(NUMBERS, 'utf8')) as Growth;
  const panels = [
    panel(
      'One tile of 128 x 128 pixels',
      'dates',
      dates.map((point) => ({ ...point, at: point.dates })),
    ),
    panel(
      `Tiles of ${datesOfTiles} dates`,
      'tiles',
      tiles.map((point) => ({ ...point, at: point.tiles })),
    ),
  ];
  const width = 2 * (PANEL.left + PANEL.width) + PANEL.gap;
  const height = PANEL.top + PANEL.height + PANEL.bottom;
  const placed = panels.map((drawn, index) => {
    const left = PANEL.left + index * (PANEL.width + PANEL.gap);
    return `<g transform="translate(${left},${PANEL.top})">${drawn}</g>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
${placed.join('\n')}
</svg>
`;
  await writeFile(PLOT, svg);
  return ['docs/inference-growth.svg'];
}

/** Seconds (left axis) and heap (right axis) against a count; both axes begin at 0. */
function panel(title: string, unit: string, points: readonly (Point & { readonly at: number })[]): string {
  const most = Math.max(...points.map(({ at }) => at));
  const longest = Math.max(...points.map(({ ms }) => ms));
  const x = (at: number): string => ((at / most) * PANEL.width).toFixed(1);
  const down = (share: number): string => ((1 - share) * PANEL.height).toFixed(1);
  const line = (share: (point: Point) => number, colour: string): string => {
    const places = points.map((point) => [x(point.at), down(share(point))] as const);
    const dots = places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`);
    return `<polyline points="${places.map((place) => place.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`;
  };
  const ticks = points
    .filter(({ at }, index) => index === points.length - 1 || at > most / 20)
    .map(({ at }) => `<text x="${x(at)}" y="${PANEL.height + 18}" text-anchor="middle">${at}</text>`);
  return [
    `<text x="0" y="-28" font-weight="bold">${title}</text>`,
    `<text x="0" y="-10" fill="${COLOURS.time}">seconds, up to ${(longest / MS_PER_SECOND).toFixed(1)}</text>`,
    `<text x="${PANEL.width}" y="-10" text-anchor="end" fill="${COLOURS.heap}">heap, 0 to ${HEAP_LIMIT_MB} MB</text>`,
    `<path d="M0 0V${PANEL.height}H${PANEL.width}V0" fill="none" stroke="#666"/>`,
    line(({ ms }) => ms / longest, COLOURS.time),
    line(({ heapMb }) => heapMb / HEAP_LIMIT_MB, COLOURS.heap),
    ...ticks,
    `<text x="${PANEL.width / 2}" y="${PANEL.height + 40}" text-anchor="middle">${unit}</text>`,
  ].join('\n');
}
