import * as v from 'valibot';
import { CropError } from '../errors';
import { contradiction } from './card-rules';
import { Scope } from './card-scope';
import type { ModelCard } from './types';

const Count = v.pipe(v.number(), v.integer(), v.minValue(1));
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const Text = v.pipe(v.string(), v.nonEmpty());

const File = v.object({
  // Files lie beside the card: a path could point outside the model's folder.
  path: v.pipe(v.string(), v.regex(/^[\w-][\w.-]*$/, 'must be a plain file name')),
  bytes: Count,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')),
});

const Validity = v.object({
  use: v.picklist(['none', 'mask', 'fill']),
  counts: v.picklist(['seen', 'clear']),
  growPixels: v.pipe(v.number(), v.integer(), v.minValue(0)),
  leastShare: Share,
});

const Stage = v.object({
  inputs: v.exactOptional(v.array(Text)),
  files: v.object({
    fp32: v.exactOptional(File),
    fp16: v.exactOptional(File),
    int8: v.exactOptional(File),
    w8: v.exactOptional(File),
  }),
});

const Card = v.object({
  format: v.literal('crop2seg-model/1'),
  name: Text,
  title: Text,
  version: Text,
  architecture: Text,
  parameters: Count,
  summary: v.string(),
  licence: Text,
  input: v.object({
    bands: v.pipe(v.array(Text), v.nonEmpty()),
    unit: v.string(),
    mean: v.array(v.number()),
    std: v.array(v.pipe(v.number(), v.gtValue(0))),
    dateReference: v.object({
      month: v.pipe(Count, v.maxValue(12)),
      day: v.pipe(Count, v.maxValue(31)),
      yearsBeforeSeason: v.pipe(v.number(), v.integer(), v.minValue(0)),
    }),
    resolutionMetres: v.pipe(v.number(), v.gtValue(0)),
    tileSize: Count,
    margin: v.pipe(v.number(), v.integer(), v.minValue(0)),
    sizeMultiple: Count,
    featureChannels: Count,
    validity: v.exactOptional(Validity),
    datesPerSubset: v.exactOptional(Count),
  }),
  classes: v.pipe(
    v.array(
      v.object({
        code: v.pipe(v.number(), v.integer(), v.minValue(0)),
        name: Text,
        short: Text,
        color: v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i, 'must look like #rrggbb')),
      }),
    ),
    v.nonEmpty(),
  ),
  ignoredClass: v.pipe(v.number(), v.integer()),
  stages: v.object({ encoder: Stage, attention: Stage, aggregate: v.exactOptional(Stage), decoder: Stage }),
  golden: v.object({
    dates: Count,
    rows: Count,
    columns: Count,
    days: v.array(v.number()),
    input: File,
    logits: File,
    valid: v.exactOptional(File),
    toleranceProbability: v.pipe(v.number(), v.gtValue(0)),
  }),
  training: v.object({ simulated: v.boolean(), summary: v.string(), scope: v.exactOptional(Scope) }),
  accuracy: v.array(
    v.object({
      dataset: Text,
      kind: v.picklist(['real', 'simulated']),
      region: v.string(),
      overallAccuracy: Share,
      macroF1: Share,
      pixels: v.pipe(v.number(), v.integer(), v.minValue(0)),
      command: v.string(),
    }),
  ),
  caveats: v.array(v.string()),
});

/**
 * Reads the text of a `model.json`. `url` is named in errors.
 * Throws `segment/bad-card` with the path of the first field that is missing, malformed or at odds with another.
 */
export function parseCard(text: string, url: string): ModelCard {
  const result = v.safeParse(Card, parseJson(text, url), { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    throw new CropError('segment/bad-card', { url, field: v.getDotPath(issue) ?? 'card', problem: issue.message });
  }
  const found = contradiction(result.output);
  if (found !== null) throw new CropError('segment/bad-card', { url, ...found });
  return result.output;
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CropError('segment/bad-card', { url, field: 'card', problem: 'is not JSON' }, cause);
  }
}
