import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EARTH_SEARCH, PLANETARY_COMPUTER } from '../../../src/catalog';
import { CropError } from '../../../src/errors';
import { cellByIndex } from '../../../src/geo';
import type { CropMap, JobRequest } from '../../../src/job';
import type { MapArchive } from '../../../src/app/lib/archive';
import { ModelsState } from '../../../src/app/state/models.svelte';
import { PlaceState } from '../../../src/app/state/place.svelte';
import { CLOUD_LIMITS_PERCENT, ReadingState } from '../../../src/app/state/reading.svelte';
import { RecentState, UNDO_MILLISECONDS } from '../../../src/app/state/recent.svelte';
import { ResultState } from '../../../src/app/state/result.svelte';
import { RunState, type Runner } from '../../../src/app/state/run.svelte';
import { SeasonState } from '../../../src/app/state/season.svelte';
import { OWN_SOURCE, SAMPLE_SOURCE, SourceState } from '../../../src/app/state/source.svelte';
import { ViewState } from '../../../src/app/state/view.svelte';
import { CARD, gridOf, smallMap } from './crop-map';

describe('place', () => {
  let place: PlaceState;
  beforeEach(() => {
    place = new PlaceState();
  });

  it('is the one cell under a click', () => {
    place.chooseAt([14.42, 50.09]);
    expect(place.choice).toMatchObject({ kind: 'cell', title: 'Cell 355, tile 33UVR', tiles: ['33UVR'] });
    expect(place.choice?.grid).toEqual(cellByIndex(355).grid);
  });

  it('offers the cells that overlap there, and the chooser closes with Escape', () => {
    place.chooseText('49.61, 15.05');
    expect(place.choice).toBeNull();
    expect(place.candidates.map(({ index }) => index)).toEqual([299, 390, 509, 600]);
    expect(place.back()).toBe(true);
    expect(place.candidates).toEqual([]);
    expect(place.back()).toBe(false);
  });

  it('is a square of 2.56 km around a point elsewhere on Earth', () => {
    place.chooseText('-33.9, 18.8');
    expect(place.choice).toMatchObject({ kind: 'area', tiles: [] });
    expect(place.choice?.grid).toMatchObject({ epsg: 32734, columns: 256, rows: 256 });
  });

  it('refuses boxes that are too large or too small and points beyond UTM, and says why', () => {
    place.chooseBox([14, 50, 15, 50.5]);
    expect(place.problem).toMatch(/too large/);
    place.chooseBox([14, 50, 14.001, 50.001]);
    expect(place.problem).toMatch(/too small/);
    place.chooseText('88, 10');
    expect(place.problem).toMatch(/84/);
    expect(place.choice).toBeNull();
    place.chooseText('355');
    expect(place.problem).toBeNull();
  });

  it('says apart that a cell does not exist and that a text means nothing', () => {
    place.chooseText('1200');
    expect(place.problem).toMatch(/no cell/);
    place.chooseText('somewhere');
    expect(place.problem).toMatch(/neither/);
  });
});

describe('season', () => {
  it('starts with March to September of the last season and refuses a reversed window', () => {
    const season = new SeasonState(Date.UTC(2026, 10, 22));
    expect(season.range).toEqual({ from: '2026-03-01', to: '2026-09-30' });
    season.from = 13;
    expect(season.range).toBeNull();
    season.chooseWhole(2019);
    expect(season.range).toEqual({ from: '2018-09-01', to: '2019-10-31' });
  });
});

describe('source', () => {
  it('begins with Earth Search, its gaps filled from the other known archive', () => {
    const source = new SourceState();
    expect(source.source).toBe(EARTH_SEARCH);
    expect(source.source?.collections).toEqual(['sentinel-2-l2a', 'sentinel-2-c1-l2a']);
    expect(source.fallbacks).toEqual([PLANETARY_COMPUTER]);
    source.id = 'planetary-computer';
    expect([source.source, source.fallbacks]).toEqual([PLANETARY_COMPUTER, [EARTH_SEARCH]]);
    source.fillGaps = false;
    expect(source.fallbacks).toEqual([]);
  });

  it('is nothing where the list names what cannot be used yet', () => {
    const source = new SourceState();
    source.id = 'companion';
    expect(source.source).toBeNull();
    source.chooseUsual();
    expect(source.source).toBe(EARTH_SEARCH);
  });

  it('is nothing until an own catalogue has a whole address, and asks nobody else unless told to', () => {
    const source = new SourceState();
    source.id = OWN_SOURCE;
    expect(source.source).toBeNull();
    source.ownUrl = 'example.org/scenes';
    expect(source.source).toBeNull();
    source.ownUrl = ' https://example.org/scenes// ';
    const url = 'https://example.org/scenes';
    expect(source.source).toEqual({ url, title: url, collections: ['sentinel-2-l2a'] });
    expect([source.live, source.fallbacks]).toEqual([false, []]);
    source.ownCollection = ' ';
    expect(source.source).toEqual({ url, title: url });
    source.fillOwnGaps = true;
    expect(source.fallbacks).toEqual([EARTH_SEARCH, PLANETARY_COMPUTER]);
  });

  it('is the sample only where there is one, and never mixed with real scenes', () => {
    const source = new SourceState();
    source.id = SAMPLE_SOURCE;
    expect(source.source).toBeNull();
    source.sampleUrl = 'https://example.org/sample';
    expect(source.source?.url).toBe('https://example.org/sample');
    expect([source.live, source.fallbacks]).toEqual([false, []]);
  });
});

describe('reading', () => {
  it('skips what shows next to nothing of the area, and leaves offsets to the scenes', () => {
    const reading = new ReadingState();
    expect(reading.options).toEqual({ maxCloudShare: 0.95 });
    expect(CLOUD_LIMITS_PERCENT).toContain(reading.cloudPercent);
    reading.cloudPercent = 60;
    reading.offset = -1000;
    expect(reading.options).toEqual({ maxCloudShare: 0.6, offsetOverride: -1000 });
    reading.offset = 0;
    expect(reading.options.offsetOverride).toBe(0);
  });
});

describe('models', () => {
  const entries = ['a', 'b'].map((name) => ({ url: `https://example.org/${name}`, card: CARD }));

  it('take the first of the list until another is chosen', async () => {
    const models = new ModelsState(async () => entries);
    await models.load('https://example.org/', new AbortController().signal);
    expect(models.status).toBe('ready');
    expect(models.selected?.url).toBe(entries[0]!.url);
    models.selectedUrl = entries[1]!.url;
    expect(models.selected?.url).toBe(entries[1]!.url);
  });

  it('can be asked for again after a failure', async () => {
    const list = vi.fn().mockRejectedValueOnce(new TypeError('offline')).mockResolvedValueOnce(entries);
    const models = new ModelsState(list);
    await models.load('https://example.org/', new AbortController().signal);
    expect(models.status).toBe('failed');
    await models.load('https://example.org/', new AbortController().signal);
    expect(models.status).toBe('ready');
  });
});

describe('run', () => {
  const request: JobRequest = smallMap().report.request;
  const untilAborted: Runner = (_, { signal }) =>
    new Promise<CropMap>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

  it('takes reports in and gives the map back', async () => {
    const map = smallMap();
    const run = new RunState(async (_, { onProgress }) => {
      onProgress({ stage: 'read', done: 2, total: 4, note: '2 of 4', bytes: 1000, requests: 7 });
      expect(run.phase).toBe('running');
      return map;
    });
    expect(await run.start(request)).toBe(map);
    expect(run.phase).toBe('idle');
    expect([run.bytes, run.requests]).toEqual([1000, 7]);
    expect(run.stages[2]).toMatchObject({ status: 'active', done: 2, total: 4, note: '2 of 4' });
  });

  it('keeps what people should know until the next start', async () => {
    const told: (readonly string[])[] = [];
    const run = new RunState(async (_, { onProgress }) => {
      told.push(run.notices);
      const report = { done: 1, total: 1, note: '', bytes: 0, requests: 0 };
      onProgress({ ...report, stage: 'search', notices: ['Planetary Computer did not answer.'] });
      onProgress({ ...report, stage: 'read' });
      return smallMap();
    });
    await run.start(request);
    expect(run.notices).toEqual(['Planetary Computer did not answer.']);
    await run.start(request);
    expect(told).toEqual([[], []]);
  });

  it('is free at once after a cancel, hears nothing of the cancelled run, and runs again', async () => {
    const map = smallMap();
    const runner = vi.fn<Runner>();
    let late: (() => void) | undefined;
    runner.mockImplementationOnce((asked, options) => {
      late = () => options.onProgress({ stage: 'finish', done: 1, total: 1, note: '', bytes: 9, requests: 9 });
      return untilAborted(asked, options);
    });
    runner.mockResolvedValueOnce(map);
    const run = new RunState(runner);
    const first = run.start(request);
    run.cancel();
    expect([run.phase, run.cancelled]).toEqual(['idle', true]);
    late?.();
    expect(run.bytes).toBe(0);
    expect(await first).toBeNull();
    expect(run.failure).toBeNull();
    expect(await run.start(request)).toBe(map);
    expect(run.cancelled).toBe(false);
  });

  it('describes a failure and stays usable', async () => {
    const run = new RunState(async () => {
      throw new CropError('net/unreachable', { host: 'example.org' });
    });
    expect(await run.start(request)).toBeNull();
    expect(run.phase).toBe('failed');
    expect(run.failure).toMatchObject({ code: 'net/unreachable' });
    run.dismiss();
    expect([run.phase, run.failure]).toEqual(['idle', null]);
  });
});

describe('result', () => {
  it('hides the background at first, toggles classes and describes the inspected pixel', async () => {
    const result = new ResultState();
    result.show(smallMap());
    expect([...result.hidden]).toEqual([0]);
    result.toggleClass(5);
    expect(result.hidden.has(5)).toBe(true);
    result.toggleClass(5);
    expect(result.hidden.has(5)).toBe(false);
    await result.inspect({ column: 0, row: 0 });
    expect(result.pixelClass?.name).toBe('Rapeseed');
    expect(result.history?.ndvi).toEqual([0.6, 0.1]);
    const moved = result.step(1, 0);
    expect(result.pixelClass?.name).toBe('Maize');
    await moved;
    expect(result.history?.ndvi).toEqual([0.5, 0.1]);
    expect(result.likeliest[0]?.probability).toBe(0.6);
    const late = result.inspect({ column: 0, row: 1 });
    result.close();
    await late;
    expect([result.map, result.pixel, result.pixelClass, result.history]).toEqual([null, null, null, null]);
  });

  it('shows a map whose seasons the browser has lost', async () => {
    const result = new ResultState();
    const map = smallMap();
    const gone = { slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }) };
    result.show({ ...map, history: { ...map.history!, pixels: gone as unknown as Blob } });
    await result.inspectCentre();
    expect(result.history).toEqual({ dates: [], ndvi: [], scl: [] });
  });
});

describe('recent maps', () => {
  function archiveOf(ids: string[]): MapArchive & { readonly ids: Set<string> } {
    const kept = new Set(ids);
    const summary = (id: string) => ({ id, title: id, season: 2019, created: '2026-11-22T00:00:00Z', bytes: 1 });
    return {
      ids: kept,
      persistent: true,
      saveMap: async () => {
        kept.add('new');
        return 'new';
      },
      listMaps: async () => [...kept].map(summary),
      loadMap: async () => smallMap(),
      removeMap: async (id) => void kept.delete(id),
    };
  }
  const titles = (recent: RecentState) => recent.maps.map(({ title }) => title);

  it('can be deleted and brought back', async () => {
    vi.useFakeTimers();
    const archive = archiveOf(['a', 'b']);
    const recent = new RecentState(async () => archive);
    await recent.refresh();
    await recent.remove('a');
    expect(titles(recent)).toEqual(['b']);
    expect(recent.removed?.id).toBe('a');
    await recent.undo();
    expect(titles(recent)).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(UNDO_MILLISECONDS * 2);
    expect(archive.ids.has('a')).toBe(true);
    vi.useRealTimers();
  });

  it('leave the disk when the time for an undo has passed, or another is deleted', async () => {
    vi.useFakeTimers();
    const archive = archiveOf(['a', 'b', 'c']);
    const recent = new RecentState(async () => archive);
    await recent.refresh();
    await recent.remove('a');
    await recent.remove('b');
    expect([...archive.ids]).toEqual(['b', 'c']);
    await vi.advanceTimersByTimeAsync(UNDO_MILLISECONDS);
    expect([...archive.ids]).toEqual(['c']);
    expect(recent.removed).toBeNull();
    vi.useRealTimers();
  });

  it('open the archive again after it could not be opened', async () => {
    const archive = archiveOf(['a']);
    const open = vi.fn().mockRejectedValueOnce(new Error('blocked')).mockResolvedValue(archive);
    const recent = new RecentState(open);
    await recent.refresh();
    expect(recent.failed).toBe(true);
    await recent.refresh();
    expect([recent.failed, titles(recent)]).toEqual([false, ['a']]);
    await recent.keep(smallMap());
    expect(titles(recent)).toEqual(['a', 'new']);
    expect(open).toHaveBeenCalledTimes(2);
  });
});

describe('view', () => {
  it('asks for no remote picture until a person does, and remembers the wish', () => {
    const kept = new Map<string, string>();
    const preferences = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const view = new ViewState(preferences);
    expect(view.online).toBe(false);
    view.setOnline(true);
    expect(new ViewState(preferences).online).toBe(true);
    expect(new ViewState(null).online).toBe(false);
  });

  it('raises the sheet for the panel that is opened', () => {
    const view = new ViewState(null);
    view.sheetOpen = false;
    view.open('pixel');
    expect([view.panel, view.sheetOpen]).toEqual(['pixel', true]);
  });
});

describe('sample window', () => {
  it('is chosen whole', () => {
    const place = new PlaceState();
    place.chooseSample();
    expect(place.choice).toBeNull();
    place.sample = { url: 'https://example.org/sample', grid: gridOf(256, 256) };
    place.chooseSample();
    expect(place.choice).toMatchObject({ kind: 'sample', grid: { columns: 256, rows: 256 } });
  });
});
