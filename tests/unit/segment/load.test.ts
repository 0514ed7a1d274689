import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CropError, isCropError } from '../../../src/errors';
import { loadModel } from '../../../src/segment';
import { memoryTransport } from '../../support/memory-transport';
import { fakeMaskModelFiles, fakeModelFiles, MODEL_URL } from './support/fake-model';

const { signal } = new AbortController();
/** What a card may say of its training; whole, so that one field at a time can be spoilt. */
const SCOPE = {
  regions: [{ name: 'Here', bbox: [10, 45, 20, 55] }],
  days: [0, 425],
  dates: [9, 26],
  platforms: ['sentinel-2a'],
  medians: {
    quantiles: [0.01, 0.99],
    dn: [
      [100, 900],
      [200, 800],
    ],
  },
};

function load(files: Map<string, unknown>, onProgress?: (bytes: number, total: number) => void) {
  const transport = memoryTransport(files);
  return loadModel(MODEL_URL, { transport, signal, ...(onProgress && { onProgress }) });
}

async function errorOf(promise: Promise<unknown>): Promise<CropError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isCropError(error)) throw new Error(`not an error of the catalogue: ${String(error)}`);
  return error;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('loadModel', () => {
  it('fetches each file once and gives what the card names', async () => {
    const files = fakeModelFiles();
    const transport = memoryTransport(files);
    const model = await loadModel(MODEL_URL, { transport, signal });
    expect(transport.log.map(({ url }) => url.slice(MODEL_URL.length + 1)).sort()).toEqual([
      'attention.fp32.onnx',
      'decoder.fp32.onnx',
      'encoder.fp32.onnx',
      'golden.input.bin',
      'golden.logits.bin',
      'model.json',
    ]);
    expect(new TextDecoder().decode(model.stages.attention)).toBe('attention');
    expect(model.golden.input.length).toBe(2 * 2 * 64);
    expect(model.golden.logits.length).toBe(3 * 64);
    const text = JSON.stringify(files.get(`${MODEL_URL}/model.json`));
    expect(model.cardSha256).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('counts bytes up to the total of the files', async () => {
    const seen: [number, number][] = [];
    await load(fakeModelFiles(), (bytes, total) => seen.push([bytes, total]));
    const total = 'encoder'.length + 'attention'.length + 'decoder'.length + 2 * 2 * 64 * 2 + 3 * 64 * 4;
    expect(seen).toHaveLength(5);
    expect(seen.at(-1)).toEqual([total, total]);
    expect(seen.every(([bytes], index) => index === 0 || bytes > seen[index - 1]![0])).toBe(true);
  });

  it('takes what a card says of its training, and a card that says nothing', async () => {
    const told = await load(fakeModelFiles({ 'training.scope': SCOPE }));
    expect(told.card.training.scope).toEqual(SCOPE);
    expect((await load(fakeModelFiles())).card.training.scope).toBeUndefined();
  });

  it.each([
    ['input.mean', [1], 'one number per band'],
    ['input.std', [1], 'one number per band'],
    ['input.std.1', 0, ''],
    ['input.tileSize', 20, 'multiple'],
    ['input.margin', 8, 'leave something'],
    ['classes', [{ code: 1, name: 'a', short: 'a', color: '#000000' }], 'order of their codes'],
    ['golden.days', [1], 'one number per date'],
    ['golden.input.bytes', 4, 'two bytes'],
    ['golden.logits.bytes', 4, 'four bytes'],
    ['golden.toleranceProbability', 0, ''],
    ['stages.encoder.files.fp32', undefined, 'missing'],
    ['stages.encoder.files.fp32.sha256', 'abc', '64 lower-case hex digits'],
    ['stages.encoder.files.fp32.path', '../other/encoder.onnx', 'plain file name'],
    ['stages.decoder', undefined, ''],
    ['format', 'crop2seg-model/2', ''],
    ['training.simulated', 'yes', ''],
    ['input.datesPerSubset', 0, ''],
    ['input.validity', { use: 'guess', counts: 'seen', growPixels: 0, leastShare: 0 }, ''],
    ['training.scope.medians.dn', [[1, 2]], 'one entry per band'],
    ['training.scope.days', [9, 3], 'smaller number'],
    ['training.scope.regions.0.bbox.3', '90', ''],
  ])('refuses a card with a bad %s', async (field, value, problem) => {
    const error = await errorOf(load(fakeModelFiles({ 'training.scope': SCOPE, [field]: value })));
    expect(error.code).toBe('segment/bad-card');
    expect(error.details.field).toBe(field === 'input.validity' ? 'input.validity.use' : field);
    expect(error.details.problem).toContain(problem);
    expect(error.message).toContain(field);
  });

  it("reads what becomes of pixels that a date does not show, with the golden tile's map of them", async () => {
    const validity = { use: 'fill', counts: 'clear', growPixels: 3, leastShare: 0.1 };
    const filled = await load(fakeModelFiles({ 'input.validity': validity, 'input.datesPerSubset': 9 }));
    expect(filled.card.input).toMatchObject({ validity, datesPerSubset: 9 });
    expect(filled.golden.valid).toBeNull();
    const masked = await load(fakeMaskModelFiles());
    expect(masked.golden.valid).toHaveLength(2 * 64);
    expect(masked.card.stages.encoder.inputs).toEqual(['pixels', 'valid']);
  });

  it.each([
    ['golden.valid', undefined, 'one byte per date and pixel'],
    ['golden.valid.bytes', 64, 'one byte per date and pixel'],
    ['stages.encoder.inputs', ['pixels'], 'must name valid'],
    ['stages.attention.inputs', undefined, 'must name valid'],
  ])('refuses a card of a network that masks with a bad %s', async (field, value, problem) => {
    const error = await errorOf(load(fakeMaskModelFiles({ [field]: value })));
    expect(error).toMatchObject({ code: 'segment/bad-card' });
    expect(field).toContain(error.details.field);
    expect(error.details.problem).toContain(problem);
  });

  it('refuses a map of validity where the network takes none', async () => {
    const error = await errorOf(load(fakeModelFiles({ 'stages.encoder.inputs': ['pixels', 'valid'] })));
    expect(error).toMatchObject({ code: 'segment/bad-card', details: { field: 'stages.encoder.inputs' } });
  });

  it('refuses a card that is not JSON', async () => {
    const error = await errorOf(load(new Map([[`${MODEL_URL}/model.json`, '<!doctype html>']])));
    expect(error).toMatchObject({ code: 'segment/bad-card', details: { problem: 'is not JSON' } });
  });

  it('names the file whose content is another', async () => {
    const files = fakeModelFiles();
    files.set(`${MODEL_URL}/decoder.fp32.onnx`, 'DECODER');
    const error = await errorOf(load(files));
    expect(error).toMatchObject({ code: 'segment/wrong-hash', details: { file: 'decoder.fp32.onnx' } });
  });

  it('names the file whose size is another', async () => {
    const files = fakeModelFiles();
    files.set(`${MODEL_URL}/golden.input.bin`, 'short');
    const error = await errorOf(load(files));
    expect(error).toMatchObject({ code: 'segment/wrong-hash', details: { file: 'golden.input.bin' } });
    expect(error.message).toContain('5 bytes instead of 512');
  });

  it.each(['model.json', 'encoder.fp32.onnx'])('says which file is missing: %s', async (file) => {
    const files = fakeModelFiles();
    files.delete(`${MODEL_URL}/${file}`);
    const error = await errorOf(load(files));
    expect(error).toMatchObject({ code: 'segment/model-missing', details: { url: `${MODEL_URL}/${file}` } });
    expect(isCropError(error.cause, 'net/not-found')).toBe(true);
  });

  it('says that a page without hashing is not a secure context', async () => {
    vi.stubGlobal('crypto', {});
    expect((await errorOf(load(fakeModelFiles()))).code).toBe('segment/insecure-context');
  });

  it('stops the other files when one fails', async () => {
    const files = fakeModelFiles();
    const transport = memoryTransport(files);
    const signals: AbortSignal[] = [];
    const slow = {
      ...transport,
      readAll: async (url: string, fileSignal: AbortSignal) => {
        signals.push(fileSignal);
        if (url.endsWith('encoder.fp32.onnx')) throw new CropError('net/not-found', { url });
        if (url.endsWith('model.json')) return transport.readAll(url, fileSignal);
        return new Promise<never>(() => undefined);
      },
    };
    await errorOf(loadModel(MODEL_URL, { transport: slow, signal }));
    expect(signals.at(-1)!.aborted).toBe(true);
  });

  it('honours a signal that is aborted between the files', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const promise = loadModel(MODEL_URL, {
      transport: memoryTransport(fakeModelFiles()),
      signal: controller.signal,
      onProgress: () => {
        controller.abort(reason);
      },
    });
    await expect(promise).rejects.toBe(reason);
  });
});
