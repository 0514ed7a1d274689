import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { plotGrowth } from './plot-growth.ts';

const NUMBERS = fileURLToPath(new URL('../docs/performance.json', import.meta.url));
const PLOT = fileURLToPath(new URL('../docs/performance.svg', import.meta.url));

interface Timed {
  readonly wallMs: number;
}

/** What docs/performance.json holds: the answers of the benchmarks `read` and `grow`. */
interface Numbers {
  readonly read: Readonly<Record<'ours' | 'geotiff' | 'limit', Timed>> & { readonly gdal: Timed | null };
  readonly grow: {
    readonly cells: readonly { readonly cells: number; readonly cpuMs: number }[];
    readonly dates: readonly { readonly dates: number; readonly cpuMs: number }[];
  };
}

/** Sizes in pixels of the drawing. */
const PANEL = { width: 340, height: 220, left: 70, top: 40, gap: 110 } as const;

/** Draws docs/performance.json as docs/performance.svg. */
export async function plot(): Promise<Record<string, unknown>> {
  const numbers = JSON.parse(await readFile(NUMBERS, 'utf8')) as Numbers;
  await writeFile(PLOT, draw(numbers));
  return { written: ['docs/performance.svg', ...(await plotGrowth())] };
}

function draw({ read, grow }: Numbers): string {
  const width = PANEL.left * 2 + PANEL.width * 2 + PANEL.gap;
  const height = PANEL.top + PANEL.height + 60;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
<g transform="translate(${PANEL.left},${PANEL.top})">${bars(read)}</g>
<g transform="translate(${PANEL.left + PANEL.width + PANEL.gap},${PANEL.top})">${curves(grow)}</g>
</svg>
`;
}

/** Seconds of one cell-date at 40 ms and 100 Mbit/s. */
function bars(read: Numbers['read']): string {
  const rows = [
    ['limit', read.limit.wallMs, '#999'],
    ['Crop2Seg', read.ours.wallMs, '#2a7a4b'],
    ['GDAL', read.gdal?.wallMs ?? 0, '#5b7fb5'],
    ['geotiff.js', read.geotiff.wallMs, '#b5835b'],
  ] as const;
  const longest = Math.max(...rows.map(([, wallMs]) => wallMs));
  const lines = rows.map(([name, wallMs, colour], index) => {
    const y = 15 + index * 50;
    const length = (wallMs / longest) * (PANEL.width - 60);
    return [
      `<text x="-8" y="${y + 20}" text-anchor="end">${name}</text>`,
      `<rect x="0" y="${y}" width="${length.toFixed(1)}" height="30" fill="${colour}"/>`,
      `<text x="${(length + 6).toFixed(1)}" y="${y + 20}">${(wallMs / 1000).toFixed(2)} s</text>`,
    ].join('');
  });
  return `<text x="0" y="-15">One cell-date at 40 ms and 100 Mbit/s</text>${lines.join('\n')}`;
}

/** Processor seconds against cell-dates, both logarithmic, over an unlimited line. */
function curves({ cells, dates }: Numbers['grow']): string {
  const series = [
    {
      name: 'cells of one date',
      colour: '#2a7a4b',
      points: cells.map((point) => [point.cells, point.cpuMs] as const),
    },
    {
      name: 'dates of one cell',
      colour: '#5b7fb5',
      points: dates.map((point) => [point.dates, point.cpuMs] as const),
    },
  ];
  const all = series.flatMap(({ points }) => points);
  const x = logScale(1, Math.max(...all.map(([count]) => count)), PANEL.width, false);
  const y = logScale(Math.min(...all.map(([, ms]) => ms)), Math.max(...all.map(([, ms]) => ms)), PANEL.height, true);
  const drawn = series.map(({ name, colour, points }, index) => {
    const path = points.map(([count, ms]) => `${x(count).toFixed(1)},${y(ms).toFixed(1)}`).join(' ');
    const marks = points.map(
      ([count, ms]) =>
        `<circle cx="${x(count).toFixed(1)}" cy="${y(ms).toFixed(1)}" r="3.5" fill="${colour}"/>` +
        `<text x="${x(count).toFixed(1)}" y="${(y(ms) - 9).toFixed(1)}" text-anchor="end">${(ms / 1000).toFixed(1)} s</text>`,
    );
    const label = `<text x="${PANEL.width - 130}" y="${PANEL.height - 30 + index * 18}" fill="${colour}">${name}</text>`;
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${marks.join('')}${label}`;
  });
  const ticks = [1, 4, 10, 16, 40].map(
    (count) => `<text x="${x(count).toFixed(1)}" y="${PANEL.height + 20}" text-anchor="middle">${count}</text>`,
  );
  return [
    '<text x="0" y="-15">Processor seconds of ours over an unlimited line</text>',
    `<path d="M0 0V${PANEL.height}H${PANEL.width}" fill="none" stroke="#666"/>`,
    ...ticks,
    `<text x="${PANEL.width / 2}" y="${PANEL.height + 40}" text-anchor="middle">cells or dates</text>`,
    ...drawn,
  ].join('\n');
}

function logScale(least: number, most: number, length: number, down: boolean): (value: number) => number {
  return (value) => {
    const share = Math.log(value / least) / Math.log(most / least);
    return (down ? 1 - share : share) * length;
  };
}
