import type uPlot from 'uplot';
import { isObscured, type PixelHistory } from '../../series';
import { formatDay } from './format';

const INK = '#4b5a52';
const GRID = '#e3e9e5';
const LINE = '#0f6b43';
const HOLLOW = '#7b8780';

const FONT = '11px system-ui, sans-serif';
const MILLISECONDS = 1000;
/** NDVI of bare soil and snow is rarely lower; clouds may be. */
const LOWEST = -0.1;

/** One date as the chart and its table tell it. */
export interface NdviPoint {
  readonly date: string;
  readonly label: string;
  readonly ndvi: number | null;
  /** Cloud, shadow, cirrus or snow by the scene classification. */
  readonly cloudy: boolean;
}

export function pointsOf(history: PixelHistory): NdviPoint[] {
  return history.dates.map((date, at) => ({
    date,
    label: formatDay(date),
    ndvi: history.ndvi[at] ?? null,
    cloudy: isObscured(history.scl[at] ?? 0),
  }));
}

/** Seconds since 1970, NDVI of clear dates, NDVI of cloudy ones. */
export function chartData(points: readonly NdviPoint[]): uPlot.AlignedData {
  return [
    points.map(({ date }) => Date.parse(`${date}T00:00:00Z`) / MILLISECONDS),
    points.map(({ ndvi, cloudy }) => (cloudy ? null : ndvi)),
    points.map(({ ndvi, cloudy }) => (cloudy ? ndvi : null)),
  ];
}

export interface NdviChart {
  update(points: readonly NdviPoint[]): void;
  resize(width: number, height: number): void;
  close(): void;
}

/**
 * Draws NDVI over a season: a line through the clear dates, hollow grey marks for cloudy ones.
 * @param onPoint is told the index of the date under the pointer, or null
 */
export async function drawNdviChart(
  parent: HTMLElement,
  points: readonly NdviPoint[],
  onPoint: (index: number | null) => void,
): Promise<NdviChart> {
  const [{ default: UPlot }] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]);
  const axis = { stroke: INK, font: FONT, grid: { stroke: GRID, width: 1 }, ticks: { stroke: GRID, width: 1 } };
  const chart = new UPlot(
    {
      width: parent.clientWidth,
      height: parent.clientHeight,
      legend: { show: false },
      padding: [8, 8, 0, 0],
      tzDate: (seconds) => UPlot.tzDate(new Date(seconds * MILLISECONDS), 'Etc/UTC'),
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: { y: { range: (_, low) => [Math.min(low ?? 0, LOWEST), 1] } },
      axes: [
        { ...axis, space: 44 },
        { ...axis, size: 36, space: 28 },
      ],
      series: [
        {},
        { stroke: LINE, width: 2, spanGaps: true, points: { show: true, size: 7, fill: LINE, stroke: LINE } },
        { paths: () => null, points: { show: true, size: 7, fill: '#ffffff', stroke: HOLLOW, width: 1.5 } },
      ],
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
    },
    chartData(points),
    parent,
  );
  return {
    update: (next) => chart.setData(chartData(next)),
    resize: (width, height) => chart.setSize({ width, height }),
    close: () => chart.destroy(),
  };
}
