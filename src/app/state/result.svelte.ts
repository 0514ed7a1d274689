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
  layer = $state<LayerName>('crops');
  opacity = $state(DEFAULT_OPACITY);
  /** Codes of the classes that are switched off. */
  readonly hidden = new SvelteSet<number>();
  pixel = $state.raw<PixelPosition | null>(null);

  readonly pixelClass = $derived(this.map && this.pixel ? classAt(this.map, this.pixel) : null);
  readonly likeliest: readonly ClassProbability[] = $derived(
    this.map && this.pixel ? likeliestAt(this.map, this.pixel, LIKELIEST_SHOWN) : [],
  );
  readonly history: PixelHistory | null = $derived(
    this.map && this.pixel
      ? pixelHistory(this.map.history, this.pixel.row * this.map.grid.columns + this.pixel.column)
      : null,
  );

  show(map: CropMap): void {
    this.map = map;
    this.layer = 'crops';
    this.hidden.clear();
    // What is no crop would cover the most ground and say the least; its row in the legend brings it back.
    if (map.report.areas.some(({ code }) => code !== BACKGROUND)) this.hidden.add(BACKGROUND);
    this.pixel = null;
  }

  close(): void {
    this.map = null;
    this.pixel = null;
  }

  toggleClass(code: number): void {
    if (!this.hidden.delete(code)) this.hidden.add(code);
  }

  hideAll(): void {
    for (const { code } of this.map?.report.areas ?? []) this.hidden.add(code);
  }

  inspect(pixel: PixelPosition): void {
    this.pixel = pixel;
  }

  inspectCentre(): void {
    if (this.map === null) return;
    const { columns, rows } = this.map.grid;
    this.pixel = { column: Math.floor(columns / 2), row: Math.floor(rows / 2) };
  }

  /** Moves the inspected pixel; positive rows go south. */
  step(columns: number, rows: number): void {
    if (this.map !== null && this.pixel !== null) this.pixel = stepPixel(this.map, this.pixel, columns, rows);
  }

  closeInspector(): void {
    this.pixel = null;
  }
}

export const result = new ResultState();
