import { describe, expect, it } from 'vitest';
import { CROP_CLASSES } from '../../../src/crops';
import { isAbort } from '../../../src/errors';
import { exportFiles, type CropMap, type JobReport } from '../../../src/job';
import { openRaster, readRect } from '../../../src/raster';
import { memoryTransport } from '../../support/memory-transport';

const COLUMNS = 12;
const ROWS = 10;
const PIXELS = COLUMNS * ROWS;
const signal = new AbortController().signal;

const grid = { epsg: 32631, xMin: 501_360, yMax: 5_629_680, pixelMetres: 10, columns: COLUMNS, rows: ROWS };

const report = {
  software: { name: 'Crop2Seg', version: '0.1.0' },
  created: '2026-01-02T03:04:05.000Z',
  request: {
    grid,
    title: 'Area 120 x 100 m',
    season: 2018,
    range: { from: '2018-03-01', to: '2018-10-31' },
    source: { kind: 'static', url: 'file:///series', title: 'series & <more>' },
    modelUrl: 'file:///models/timeunet',
  },
  model: { name: 'timeunet', version: '0.1.0', cardSha256: 'abc', simulatedTraining: true, caveats: [] },
  simulatedScenes: true,
  dates: [],
  areas: [{ code: 6, name: 'Maize, "silage"', pixels: 120, hectares: 1.2, share: 1 }],
} as unknown as JobReport;

function cropMap(): CropMap {
  const labels = new Uint8Array(PIXELS).fill(6);
  labels[PIXELS - 1] = 255;
  const probabilities = new Uint8Array(CROP_CLASSES.length * PIXELS);
  CROP_CLASSES.forEach((_, band) => probabilities.fill(band * 10, band * PIXELS, (band + 1) * PIXELS));
  return { grid, card: { classes: CROP_CLASSES }, labels, probabilities, report } as unknown as CropMap;
}

describe('exportFiles', () => {
  it('names files in the order asked for', async () => {
    const files = await exportFiles(
      cropMap(),
      ['report', 'geojson', 'map-tif', 'probabilities-tif', 'areas-csv'],
      signal,
    );
    expect(files.map(({ name }) => name)).toEqual([
      'report.json',
      'crop-map.geojson',
      'crop-map.tif',
      'probabilities.tif',
      'areas.csv',
    ]);
  });

  it('shows no key of a source in any file', async () => {
    const map = cropMap();
    const url = 'https://user:PW@x.test/stac?key=SECRET';
    const source = { url, title: `Scenes of ${url}` };
    const request = { ...map.report.request, source, fallbacks: [source] };
    const notices = [`${url}: 2 of 5 items could be read.`];
    const keyed: CropMap = { ...map, report: { ...map.report, request, notices } };
    const kinds = ['report', 'geojson', 'map-tif', 'probabilities-tif', 'areas-csv'] as const;
    for (const { name, bytes } of await exportFiles(keyed, kinds, signal)) {
      expect(new TextDecoder('latin1').decode(bytes), name).not.toMatch(/SECRET|PW/);
    }
    expect(keyed.report.request.source.url).toBe(url);
  });

  it('writes class codes and all probabilities on the grid of the map', async () => {
    const map = cropMap();
    const [classes, probabilities] = await exportFiles(map, ['map-tif', 'probabilities-tif'], signal);
    const transport = memoryTransport(new Map([classes, probabilities].map(({ name, bytes }) => [name, bytes])));
    const whole = { column: 0, row: 0, columns: COLUMNS, rows: ROWS };

    const first = await openRaster('crop-map.tif', transport, signal);
    expect(first.info).toMatchObject({ ...grid, nodata: 255, bitsPerSample: 8 });
    expect(await readRect(first, whole, { signal })).toEqual(map.labels);

    const second = await openRaster('probabilities.tif', transport, signal);
    expect(second.full.bandCount).toBe(CROP_CLASSES.length);
    expect(await readRect(second, whole, { signal, band: 14 })).toEqual(new Uint8Array(PIXELS).fill(140));
  });

  it('paints classes in the colours of the model, whose classes may be others', async () => {
    const map = cropMap();
    const classes = [
      { ...CROP_CLASSES[0], color: '#112233' },
      { ...CROP_CLASSES[1], color: '#abcdef' },
    ];
    const [{ bytes }] = await exportFiles({ ...map, card: { ...map.card, classes } }, ['map-tif'], signal);
    const reds = Buffer.from(new Uint16Array([0x1111, 0xabab, 0]).buffer);
    expect(Buffer.from(bytes).includes(reds)).toBe(true);
  });

  it('says simulated in every file that can be passed on alone', async () => {
    const files = await exportFiles(cropMap(), ['map-tif', 'probabilities-tif', 'geojson', 'report'], signal);
    for (const { bytes } of files) expect(new TextDecoder('latin1').decode(bytes)).toMatch(/simulated/i);
    const geojson = JSON.parse(new TextDecoder().decode(files[2].bytes)) as { report: string; features: unknown[] };
    expect(geojson.report).toBe('report.json');
    expect(geojson.features).toHaveLength(1);
  });

  it('writes areas as CSV that survives commas and quotes', async () => {
    const [file] = await exportFiles(cropMap(), ['areas-csv'], signal);
    expect(new TextDecoder().decode(file.bytes)).toBe(
      'code,class,pixels,hectares,share\r\n6,"Maize, ""silage""",120,1.20,1.0000\r\n',
    );
  });

  it('stops where asked to', async () => {
    const error = await exportFiles(cropMap(), ['report'], AbortSignal.abort()).catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
  });
});
