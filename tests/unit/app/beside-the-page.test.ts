import { afterEach, describe, expect, it, vi } from 'vitest';
import { bytesToLoad, listModels } from '../../../src/app/lib/model-list';
import { findSample } from '../../../src/app/lib/sample';
import { CARD } from './crop-map';

const BASE = 'https://example.org/maps/index.html';
const signal = new AbortController().signal;

/** Files beside the page; anything else is answered with a 404. Returns the addresses asked for. */
function serve(files: Readonly<Record<string, string>>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    const body = files[url];
    return body === undefined ? new Response('', { status: 404 }) : new Response(body);
  });
  return asked;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

const item = (transform: readonly number[]) => ({
  features: [
    {
      properties: { 'proj:epsg': 32633 },
      assets: {
        scl: { 'proj:shape': [128, 128], 'proj:transform': [20, 0, 500_000, 0, -20, 5_500_000] },
        red: { 'proj:shape': [256, 200], 'proj:transform': transform },
      },
    },
  ],
});

describe('the sample', () => {
  it('gives the grid of its 10 m bands', async () => {
    const asked = serve({
      'https://example.org/maps/sample/items.json': JSON.stringify(item([10, 0, 500_000, 0, -10, 5_500_000])),
    });
    expect(await findSample(BASE, signal)).toEqual({
      url: 'https://example.org/maps/sample',
      grid: { epsg: 32633, xMin: 500_000, yMax: 5_500_000, pixelMetres: 10, columns: 200, rows: 256 },
    });
    expect(asked).toEqual(['https://example.org/maps/sample/items.json']);
  });

  it.each([
    ['is missing', {}],
    ['is answered with a start page', { 'https://example.org/maps/sample/items.json': '<!doctype html>' }],
    ['has no 10 m band', { 'https://example.org/maps/sample/items.json': JSON.stringify(item([60, 0, 0, 0, -60, 0])) }],
  ])('is none where it %s', async (_, files) => {
    serve(files as Record<string, string>);
    expect(await findSample(BASE, signal)).toBeNull();
  });
});

describe('the list of models', () => {
  it('reads each card beside the page and leaves out folders without one', async () => {
    serve({
      'https://example.org/maps/models/index.json': '["tiny", "gone"]',
      'https://example.org/maps/models/tiny/model.json': JSON.stringify(CARD),
    });
    const models = await listModels(BASE, signal);
    expect(models.map(({ url }) => url)).toEqual(['https://example.org/maps/models/tiny']);
    expect(models[0]!.card.title).toBe('Tiny');
    expect(bytesToLoad(models[0]!.card)).toBe(2500);
  });

  it('is empty where there is none', async () => {
    serve({});
    expect(await listModels(BASE, signal)).toEqual([]);
  });
});
