import { searchScenes } from '../catalog';
import { CropError } from '../errors';
import type { Transport } from '../net';
import { buildSeries } from './build';
import { packHistory } from './history';
import { normaliseTile } from './tile';
import type { InputSpec, SeriesPort, TimeSeries } from './types';

/** Search and series over one transport, holding the series built last until `dispose`. */
export function createSeriesPort(transport: Transport): SeriesPort {
  let built: { readonly series: TimeSeries; readonly input: InputSpec } | null = null;

  function current(): { readonly series: TimeSeries; readonly input: InputSpec } {
    if (built === null) throw new CropError('series/not-built');
    return built;
  }

  return {
    search: (source, query, signal) => searchScenes(source, query, { transport, signal }),
    async build(scenes, grid, input, referenceDate, signal, onProgress) {
      built = null;
      const series = await buildSeries(scenes, grid, input, referenceDate, { transport, signal, onProgress });
      built = { series, input };
      return series.dates;
    },
    async tile(column, row, columns, rows, signal) {
      signal.throwIfAborted();
      const { series, input } = current();
      return normaliseTile(series, input, { column, row, columns, rows });
    },
    histories: async () => packHistory(current().series),
    traffic: async () => transport.traffic(),
    async dispose() {
      built = null;
    },
  };
}
