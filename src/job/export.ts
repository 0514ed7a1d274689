import { NODATA_LABEL, rgbOfHex } from '../crops';
import { redactData } from '../errors';
import { mapToGeoJson } from '../fields';
import { type GeoTiffImage, writeGeoTiff } from '../raster';
import { PROBABILITY_SCALE } from '../segment';
import { areasCsv } from './areas-csv';
import type { CropMap, JobReport } from './types';

export type ExportKind = 'map-tif' | 'probabilities-tif' | 'geojson' | 'report' | 'areas-csv';

/** A finished product as a file: the page offers it for download, the terminal writes it. */
export interface ExportFile {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const FILES: Readonly<Record<ExportKind, { readonly name: string; readonly type: string }>> = {
  'map-tif': { name: 'crop-map.tif', type: 'image/tiff; application=geotiff; profile=cloud-optimized' },
  'probabilities-tif': { name: 'probabilities.tif', type: 'image/tiff; application=geotiff; profile=cloud-optimized' },
  geojson: { name: 'crop-map.geojson', type: 'application/geo+json' },
  report: { name: 'report.json', type: 'application/json' },
  'areas-csv': { name: 'areas.csv', type: 'text/csv; charset=utf-8' },
};

const JSON_INDENT = 2;

/**
 * A crop map as files, in the order asked for.
 * @throws the signal's reason when cancelled; `raster/*` where a raster cannot be written
 */
export async function exportFiles(
  map: CropMap,
  kinds: readonly ExportKind[],
  signal: AbortSignal,
): Promise<ExportFile[]> {
  const files: ExportFile[] = [];
  // Files are passed on: keys in the addresses of sources stay at home.
  const shown: CropMap = { ...map, report: redactData(map.report) };
  for (const kind of kinds) {
    signal.throwIfAborted();
    files.push({ ...FILES[kind], bytes: await bytesOf(shown, kind, signal) });
  }
  return files;
}

async function bytesOf(map: CropMap, kind: ExportKind, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  switch (kind) {
    case 'map-tif':
      return writeGeoTiff(mapImage(map), { signal });
    case 'probabilities-tif':
      return writeGeoTiff(probabilityImage(map), { signal });
    case 'geojson':
      return text(JSON.stringify(cropPatches(map)));
    case 'report':
      return text(`${JSON.stringify(map.report, null, JSON_INDENT)}\n`);
    case 'areas-csv':
      return text(areasCsv(map.report.areas));
  }
}

/** One band of class codes with the colours of the model's classes. */
function mapImage(map: CropMap): GeoTiffImage {
  return {
    ...map.grid,
    bands: [map.labels],
    bandNames: ['Crop class'],
    nodata: NODATA_LABEL,
    palette: map.card.classes.map(({ color }) => rgbOfHex(color)),
    metadata: provenance(map.report),
  };
}

/** One band per class; stored value x scale = probability. */
function probabilityImage(map: CropMap): GeoTiffImage {
  const pixels = map.grid.columns * map.grid.rows;
  return {
    ...map.grid,
    bands: map.card.classes.map((_, band) => map.probabilities.subarray(band * pixels, (band + 1) * pixels)),
    bandNames: map.card.classes.map(({ code, name }) => `${code} ${name}`),
    nodata: NODATA_LABEL,
    scale: 1 / PROBABILITY_SCALE,
    metadata: provenance(map.report),
  };
}

function cropPatches(map: CropMap): ReturnType<typeof mapToGeoJson> {
  const { grid, labels, probabilities, card, report } = map;
  return mapToGeoJson(
    { grid, labels, probabilities, classes: card.classes, probabilityScale: PROBABILITY_SCALE },
    { name: layerName(report), simulated: report.simulatedScenes, report: FILES.report.name },
  );
}

/** Whoever opens a raster alone must still see what it is and whether it shows the real world. */
function provenance(report: JobReport): Record<string, string> {
  const { software, model, dates, request } = report;
  return {
    TITLE: layerName(report),
    SOFTWARE: `${software.name} ${software.version}`,
    CREATED: report.created,
    MODEL: `${model.name} ${model.version}, card ${model.cardSha256}`,
    SCENES: `${dates.length} dates from ${request.range.from} to ${request.range.to}, ${request.source.title}`,
    SIMULATED_SCENES: report.simulatedScenes ? 'yes' : 'no',
    SIMULATED_TRAINING: model.simulatedTraining ? 'yes' : 'no',
  };
}

function layerName({ request, simulatedScenes }: JobReport): string {
  return `Crop map ${request.season}, ${request.title}${simulatedScenes ? ' (simulated scenes)' : ''}`;
}

function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}
