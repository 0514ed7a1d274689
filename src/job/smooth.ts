import { NODATA_LABEL } from '../crops';
import { averageInside } from '../objects';
import type { MapArrays } from '../segment';
import type { SeriesPort } from '../series';
import type { SmoothingFacts } from './types';

const MILLISECONDS_PER_SECOND = 1000;

/**
 * Finds the objects of the series that was read last and averages the map's probabilities inside of them, in place.
 * @throws the errors of reading the series; the signal's reason
 */
export async function smoothByObjects(
  canvas: MapArrays,
  series: SeriesPort,
  signal: AbortSignal,
): Promise<SmoothingFacts> {
  const begin = performance.now();
  const { dates, ...objects } = await series.objects(signal);
  const changedPixels = averageInside(canvas, objects, NODATA_LABEL);
  const seconds = (performance.now() - begin) / MILLISECONDS_PER_SECOND;
  return { count: objects.count, meanPixels: canvas.labels.length / objects.count, changedPixels, dates, seconds };
}
