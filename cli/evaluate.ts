import { evaluateMaps, type Evaluation, type MapEvaluation } from '../src/accuracy';
import { CROP_CLASSES } from '../src/crops';
import { CropError } from '../src/errors';
import type { Transport } from '../src/net';
import { readRect, type Raster, type RasterInfo } from '../src/raster';
import { openNamedRaster } from './open-raster';
import type { OptionValues } from './parse';
import { table } from './table';
import type { CommandContext } from './terminal';
import { createNodeTransport } from './transport';
import { required } from './values';

/** Class codes are bytes. */
const LABEL_BITS = 8;

/** Corners closer than this, in metres, are the same: a thousandth of a pixel. */
const SAME_CORNER_METRES = 0.01;

/** `crop2seg evaluate`: scores a map against labels of the same grid. */
export async function evaluate(values: OptionValues, context: CommandContext): Promise<void> {
  const { terminal, signal, json } = context;
  const paths = { map: required(values, 'evaluate', 'map'), labels: required(values, 'evaluate', 'labels') };
  const transport = createNodeTransport();
  const [map, labels] = await Promise.all([
    openLabels(paths.map, transport, context),
    openLabels(paths.labels, transport, context),
  ]);
  requireSameGrid(map.info, labels.info);
  const [predicted, truth] = await Promise.all([readLabels(map, signal), readLabels(labels, signal)]);
  const result = evaluateMaps(predicted, truth);
  terminal.out(json ? `${JSON.stringify({ ...paths, ...result })}\n` : report(result));
}

async function openLabels(path: string, transport: Transport, context: CommandContext): Promise<Raster> {
  const raster = await openNamedRaster(path, context, transport);
  const { bandCount } = raster.full;
  if (bandCount !== 1) throw new CropError('cli/not-labels', { path, reason: `it has ${bandCount} bands` });
  if (raster.info.bitsPerSample !== LABEL_BITS) {
    throw new CropError('cli/not-labels', { path, reason: `its pixels have ${raster.info.bitsPerSample} bits` });
  }
  return raster;
}

async function readLabels(raster: Raster, signal: AbortSignal): Promise<Uint8Array> {
  const { columns, rows } = raster.info;
  const pixels = await readRect(raster, { column: 0, row: 0, columns, rows }, { signal });
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}

function requireSameGrid(map: RasterInfo, labels: RasterInfo): void {
  const difference =
    map.columns !== labels.columns || map.rows !== labels.rows
      ? `${map.columns} x ${map.rows} and ${labels.columns} x ${labels.rows} pixels`
      : map.epsg !== labels.epsg
        ? `EPSG:${map.epsg ?? 'unknown'} and EPSG:${labels.epsg ?? 'unknown'}`
        : [map.xMin - labels.xMin, map.yMax - labels.yMax].some((metres) => Math.abs(metres) > SAME_CORNER_METRES)
          ? `top left corners ${map.xMin}, ${map.yMax} and ${labels.xMin}, ${labels.yMax}`
          : map.pixelMetres !== labels.pixelMetres
            ? `pixels of ${map.pixelMetres} m and ${labels.pixelMetres} m`
            : null;
  if (difference !== null) throw new CropError('cli/different-grids', { difference });
}

function report({ all, crops }: MapEvaluation): string {
  return ['All labelled pixels', '', section(all), '', 'Pixels labelled as a crop', '', section(crops), ''].join('\n');
}

function section({ pixels, overallAccuracy, macroF1, kappa, perClass }: Evaluation): string {
  const rows = perClass
    .filter(({ support, predicted }) => support > 0 || predicted > 0)
    .map(({ code, support, iou, precision, recall, f1 }) => [
      `${code} ${CROP_CLASSES.find((entry) => entry.code === code)?.name ?? ''}`,
      String(support),
      ...[iou, precision, recall, f1].map(share),
    ]);
  return [
    `pixels ${pixels}, overall accuracy ${share(overallAccuracy)}, macro F1 ${share(macroF1)}, kappa ${share(kappa)}`,
    table(['class', 'pixels', 'IoU', 'precision', 'recall', 'F1'], rows),
  ].join('\n');
}

function share(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}
