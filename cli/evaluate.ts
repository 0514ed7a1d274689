import {
  type CodeLayer,
  comparable,
  evaluateMaps,
  type Evaluation,
  type MapEvaluation,
  type PixelAccount,
  type Reason,
  REASONS,
} from '../src/accuracy';
import { CROP_CLASSES } from '../src/crops';
import { CropError } from '../src/errors';
import type { Transport } from '../src/net';
import { type Raster, type RasterInfo, readWithReasons, withMaskFile } from '../src/raster';
import { openNamedRaster } from './open-raster';
import type { OptionValues } from './parse';
import { table } from './table';
import type { CommandContext } from './terminal';
import { createNodeTransport } from './transport';
import { required } from './values';

/** Corners closer than this, in metres, are the same: a thousandth of a pixel. */
const SAME_PLACE_METRES = 0.01;

/** Codes that are no class are named up to so many. */
const MOST_CODES_NAMED = 5;

/** What `evaluate` finds, as `--json` prints it. */
export interface EvaluateReport extends MapEvaluation {
  readonly map: string;
  readonly labels: string;
  readonly pixels: PixelAccount;
  /** What was taken for granted in comparing the two. */
  readonly notices: readonly string[];
}

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
  const { predicted, truth, account } = comparable(await readCodes(map, signal), await readCodes(labels, signal));
  const [unknown] = account.unknownLabels;
  // Labels of another nomenclature altogether are a mistake, not labels to leave out.
  if (account.counted === 0 && unknown !== undefined) throw new CropError('accuracy/unknown-label', { ...unknown });
  const notices = [map, labels].map(({ info }) => datumNotice(info)).filter((notice) => notice !== null);
  const result: EvaluateReport = { ...paths, pixels: account, notices, ...evaluateMaps(predicted, truth) };
  terminal.out(json ? `${JSON.stringify(result)}\n` : report(result));
}

async function openLabels(path: string, transport: Transport, context: CommandContext): Promise<Raster> {
  const raster = await openNamedRaster(path, context, transport);
  const { bandCount, alphaBand } = raster.full;
  const bands = alphaBand === null ? bandCount : bandCount - 1;
  if (bands !== 1) throw new CropError('cli/not-labels', { path, reason: `it has ${bands} bands` });
  // Over HTTP each file without a mask beside it would cost a request for nothing.
  return raster.info.url.startsWith('file:') ? withMaskFile(raster, context.signal) : raster;
}

async function readCodes(raster: Raster, signal: AbortSignal): Promise<CodeLayer> {
  const { columns, rows } = raster.info;
  const { pixels, ...maps } = await readWithReasons(raster, { column: 0, row: 0, columns, rows }, { signal });
  return { codes: pixels, ...maps };
}

function requireSameGrid(map: RasterInfo, labels: RasterInfo): void {
  const drift = Math.abs(map.pixelMetres - labels.pixelMetres) * Math.max(map.columns, map.rows);
  const difference =
    map.columns !== labels.columns || map.rows !== labels.rows
      ? `${map.columns} x ${map.rows} and ${labels.columns} x ${labels.rows} pixels`
      : map.epsg !== labels.epsg
        ? `EPSG:${map.declaredEpsg ?? 'unknown'} and EPSG:${labels.declaredEpsg ?? 'unknown'}`
        : [map.xMin - labels.xMin, map.yMax - labels.yMax, drift].some((metres) => Math.abs(metres) > SAME_PLACE_METRES)
          ? `top left corners ${map.xMin}, ${map.yMax} and ${labels.xMin}, ${labels.yMax}, ` +
            `pixels of ${map.pixelMetres} m and ${labels.pixelMetres} m`
          : null;
  if (difference !== null) throw new CropError('cli/different-grids', { difference });
}

function datumNotice({ url, epsg, declaredEpsg }: RasterInfo): string | null {
  if (declaredEpsg === null || epsg === declaredEpsg) return null;
  return `${url}: EPSG:${declaredEpsg} is taken as EPSG:${epsg}, which is less than 2 m away.`;
}

const WORDS: Readonly<Record<Reason, string>> = {
  labelNodata: 'labels without data',
  labelMasked: 'labels masked',
  labelIgnored: 'labelled as not classified (14) or no data (255)',
  labelUnknown: 'labels that are no class',
  mapNodata: 'map without data',
  mapMasked: 'map masked',
};

/** Why pixels were not counted, each with their number. */
function exclusions({ excluded, unknownLabels }: PixelAccount): string[] {
  return REASONS.filter((reason) => excluded[reason] > 0).map((reason) => {
    const some = unknownLabels.slice(0, MOST_CODES_NAMED).map(({ code }) => code);
    const codes =
      reason === 'labelUnknown' ? ` (${some.join(', ')}${unknownLabels.length > some.length ? ', ...' : ''})` : '';
    return `${excluded[reason]} ${WORDS[reason]}${codes}`;
  });
}

function report({ pixels, notices, all, crops }: EvaluateReport): string {
  const reasons = exclusions(pixels);
  const rest = reasons.length === 0 ? '' : `; not counted: ${reasons.join(', ')}`;
  return [
    `${pixels.counted} of ${pixels.total} pixels counted${rest}`,
    ...notices,
    '',
    'All labelled pixels',
    '',
    section(all),
    '',
    'Pixels labelled as a crop',
    '',
    section(crops),
    '',
  ].join('\n');
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
