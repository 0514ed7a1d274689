import { searchSources } from '../catalog';
import { CropError } from '../errors';
import type { Transport } from '../net';
import type { OpenScratch } from '../store';
import { buildSeries } from './build';
import { coverage, packHistory } from './history';
import { seriesObjects } from './objects';
import type { PixelStore } from './pixel-store';
import { normaliseTile } from './tile';
import type { DateCache, InputSpec, SeriesPort, TimeSeries } from './types';

interface SeriesPortOptions {
  /** Finished dates of earlier runs. */
  readonly dates?: DateCache;
  /** Where pixels go that memory has no room for. */
  readonly openScratch?: OpenScratch;
}

/** Search and series over one transport, holding the series built last until `dispose`. */
export function createSeriesPort(transport: Transport, options: SeriesPortOptions = {}): SeriesPort {
  let built: { readonly series: TimeSeries; readonly input: InputSpec } | null = null;
  /** Of the build that runs, or ran last. */
  let under: { readonly series: TimeSeries; readonly input: InputSpec } | null = null;

  function current(): { readonly series: TimeSeries; readonly input: InputSpec } {
    if (built === null) throw new CropError('series/not-built');
    return built;
  }

  async function free(): Promise<void> {
    const old = built;
    built = null;
    under = null;
    await old?.series.pixels.dispose();
  }

  return {
    search: (sources, query, signal) => searchSources(sources, query, { transport, signal }),
    async build(request, signal, onDate) {
      await free();
      const { grid, input } = request;
      const onPixels = (pixels: PixelStore): void => {
        under = { series: { grid, bands: input.bands, dates: [], pixels }, input };
      };
      const { series, summary } = await buildSeries(request, { ...options, transport, signal, onDate, onPixels });
      built = { series, input };
      return summary;
    },
    async tile(column, row, columns, rows, signal) {
      const { series, input } = current();
      return normaliseTile(series, input, { column, row, columns, rows }, signal);
    },
    async dateTile(date, column, row, columns, rows, signal) {
      if (under === null) throw new CropError('series/not-built');
      const { series, input } = under;
      return normaliseTile({ ...series, dates: [date] }, input, { column, row, columns, rows }, signal, 0);
    },
    coverage: async (signal) => coverage(current().series, signal),
    objects: async (signal) => seriesObjects(current().series, signal),
    async histories(signal) {
      const { grid, dates, pixels } = current().series;
      const days = dates.map(({ date }) => date);
      return packHistory(days, grid.rows * grid.columns, pixels.history, signal);
    },
    traffic: async () => transport.traffic(),
    dispose: free,
  };
}
