import { CropError, isCropError } from '../errors';
import type { Transport } from '../net';
import type { ContentStore } from '../store';
import { parseCard } from './card';
import { sha256Hex } from './hash';
import type { LoadedModel, ModelCard, ModelFile, Precision, StageName } from './types';

export interface LoadOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** Files of earlier loads, asked before the network. */
  readonly files?: ContentStore;
  readonly precision?: Precision;
  /** Bytes of the checked files so far and of all files the card names for this precision. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/** A card that has been read and checked. */
export interface CheckedCard {
  readonly card: ModelCard;
  readonly cardSha256: string;
}

const STAGES: readonly StageName[] = ['encoder', 'attention', 'aggregate', 'decoder'];

/**
 * Fetches and checks the card of a model folder. `modelUrl` is the folder's URL without a slash at the end.
 * Rejects with `segment/bad-card`, `segment/model-missing`, `segment/insecure-context`, the transport's errors, or the
 * signal's reason.
 */
export async function loadCard(
  modelUrl: string,
  { transport, signal }: Pick<LoadOptions, 'transport' | 'signal'>,
): Promise<CheckedCard> {
  const cardUrl = `${modelUrl}/model.json`;
  const bytes = await fetchFile(cardUrl, transport, signal);
  const card = parseCard(new TextDecoder().decode(bytes), cardUrl);
  return { card, cardSha256: await sha256Hex(bytes) };
}

/** Fetches a model folder and checks all of it against its card. Rejects as `loadCard` and `loadFiles` do. */
export async function loadModel(modelUrl: string, options: LoadOptions): Promise<LoadedModel> {
  return loadFiles(modelUrl, await loadCard(modelUrl, options), options);
}

/**
 * Fetches the files of a model in one precision and checks them. A stage that has no file of that precision is taken in
 * fp32: not every stage gains by every precision.
 * Rejects with `segment/bad-card`, `segment/model-missing`, `segment/wrong-hash`, the transport's errors, or the
 * signal's reason.
 */
export async function loadFiles(modelUrl: string, checked: CheckedCard, options: LoadOptions): Promise<LoadedModel> {
  const { precision = 'fp32', signal } = options;
  const { golden } = checked.card;
  const named = STAGES.filter((stage) => checked.card.stages[stage] !== undefined);
  const stages = named.map((stage) => [stage, stageFile(checked.card, stage, precision, modelUrl)] as const);
  const wanted = new Map<string, ModelFile>([...stages, ['input', golden.input], ['logits', golden.logits]]);
  if (golden.valid !== undefined) wanted.set('valid', golden.valid);
  const bodies = await fetchChecked(modelUrl, wanted, options);
  signal.throwIfAborted();
  const body = (name: string): Uint8Array<ArrayBuffer> => bodies.get(name)!;
  return {
    ...checked,
    precision,
    stages: Object.fromEntries(named.map((stage) => [stage, body(stage)])),
    // The files are little-endian, as is every platform that runs JavaScript; `slice` aligns the buffer.
    golden: {
      input: new Uint16Array(body('input').slice().buffer),
      logits: new Float32Array(body('logits').slice().buffer),
      valid: bodies.get('valid') ?? null,
    },
  };
}

function stageFile(card: ModelCard, stage: StageName, precision: Precision, modelUrl: string): ModelFile {
  const files = card.stages[stage]?.files;
  const file = files?.[precision] ?? files?.fp32;
  if (file === undefined) {
    throw new CropError('segment/bad-card', {
      url: `${modelUrl}/model.json`,
      field: `stages.${stage}.files.${precision}`,
      problem: 'is missing',
    });
  }
  return file;
}

/** All files at once; the first failure stops the others. */
async function fetchChecked(
  modelUrl: string,
  files: ReadonlyMap<string, ModelFile>,
  { transport, signal, files: kept, onProgress }: LoadOptions,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const entries = [...files];
  const total = entries.reduce((sum, [, file]) => sum + file.bytes, 0);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let done = 0;
  try {
    const bodies = await Promise.all(
      entries.map(async ([name, file]) => {
        const known = await kept?.get(file.sha256, either);
        const body = known ?? (await fetchFile(`${modelUrl}/${file.path}`, transport, either));
        await checkFile(file, body);
        if (!known) await kept?.put(file.sha256, body, either);
        done += file.bytes;
        onProgress?.(done, total);
        return [name, body] as const;
      }),
    );
    return new Map(bodies);
  } catch (error) {
    stop.abort();
    // A card that is older than its files names other hashes: the next loading begins with a new one.
    if (isCropError(error, 'segment/wrong-hash')) await transport.forget?.(`${modelUrl}/model.json`, signal);
    throw error;
  }
}

async function fetchFile(url: string, transport: Transport, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await transport.readAll(url, signal);
  } catch (error) {
    if (isCropError(error, 'net/not-found')) throw new CropError('segment/model-missing', { url }, error);
    throw error;
  }
}

async function checkFile(file: ModelFile, body: Uint8Array<ArrayBuffer>): Promise<void> {
  if (body.length !== file.bytes) {
    const problem = `it has ${body.length} bytes instead of ${file.bytes}`;
    throw new CropError('segment/wrong-hash', { file: file.path, problem });
  }
  const actual = await sha256Hex(body);
  if (actual !== file.sha256) {
    const problem = `its SHA-256 is ${actual.slice(0, 12)}…, not ${file.sha256.slice(0, 12)}…`;
    throw new CropError('segment/wrong-hash', { file: file.path, problem });
  }
}
