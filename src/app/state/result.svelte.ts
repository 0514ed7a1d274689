import { SvelteSet } from 'svelte/reactivity';
import type { CropMap } from '../../job';
import { pixelHistory, type PixelHistory } from '../../series';
import { classAt, likeliestAt, stepPixel, type ClassProbability, type PixelPosition } from '../lib/pixel';

export type LayerName = 'crops' | 'confidence';

const DEFAULT_OPACITY = 0.85;
const LIKELIEST_SHOWN = 3;
/** Everything on the ground that is no crop. */
const BACKGROUND = 0;

/** The map on show, how it is drawn, and the pixel under inspection. */
export class ResultState {
  map = $state.raw<CropMap | null>(null);
  /** The map of all dates, whatever day is on show. */
  whole = $state.raw<CropMap | null>(null);
  layer = $state<LayerName>('crops');
  opacity = $state(DEFAULT_OPACITY);
  /** Codes of the classes that are switched off. */
  readonly hidden = new SvelteSet<number>();
  pixel = $state.raw<PixelPosition | null>(null);

  readonly pixelClass = $derived(this.map && this.pixel ? classAt(this.map, this.pixel) : null);
  readonly likeliest: readonly ClassProbability[] = $derived(
    this.map && this.pixel ? likeliestAt(this.map, this.pixel, LIKELIEST_SHOWN) : [],
  );
  /** Of the pixel under inspection, or still of the one before; without dates where the browser has lost it. */
  history = $state.raw<PixelHistory | null>(null);

  show(map: CropMap): void {
    this.map = map;
    this.whole = map;
    this.layer = 'crops';
    this.hidden.clear();
    // What is no crop would cover the most ground and say the least; its row in the legend brings it back.
    if (map.report.areas.some(({ code }) => code !== BACKGROUND)) this.hidden.add(BACKGROUND);
    this.closeInspector();
  }

  /** Shows the same place from other dates; what is switched off and looked at stays so. */
  exchange(map: CropMap): void {
    this.map = map;
  }

  close(): void {
    this.map = null;
    this.whole = null;
    this.closeInspector();
  }

  toggleClass(code: number): void {
    if (!this.hidden.delete(code)) this.hidden.add(code);
  }

  hideAll(): void {
    for (const { code } of this.map?.report.areas ?? []) this.hidden.add(code);
  }

  /** Resolves when the pixel's season is there, too. */
  async inspect(pixel: PixelPosition): Promise<void> {
    const { map } = this;
    this.pixel = pixel;
    if (map === null) return;
    const history = await historyOf(map, pixel);
    if (this.map === map && this.pixel === pixel) this.history = history;
  }

  async inspectCentre(): Promise<void> {
    if (this.map === null) return;
    const { columns, rows } = this.map.grid;
    await this.inspect({ column: Math.floor(columns / 2), row: Math.floor(rows / 2) });
  }

  /** Moves the inspected pixel; positive rows go south. */
  async step(columns: number, rows: number): Promise<void> {
    if (this.map !== null && this.pixel !== null) await this.inspect(stepPixel(this.map, this.pixel, columns, rows));
  }

  closeInspector(): void {
    this.pixel = null;
    this.history = null;
  }
}

/** What a map without seasons shows of them. */
const NO_HISTORY: PixelHistory = { dates: [], ndvi: [], scl: [] };

async function historyOf({ grid, history }: CropMap, { column, row }: PixelPosition): Promise<PixelHistory> {
  if (history === null) return NO_HISTORY;
  // A browser may clear its storage under an open page; the map itself is still good.
  return pixelHistory(history, row * grid.columns + column).catch(() => NO_HISTORY);
}

export const result = new ResultState();
