import * as v from 'valibot';
import type { GridWindow } from '../../geo';
import { fetchJson } from './fetch-json';

/** The simulated scenes that come with the page. */
export interface SampleScene {
  /** Folder of the static catalogue, absolute, without a slash at the end. */
  readonly url: string;
  readonly grid: GridWindow;
}

/** The season the sample was painted for. */
export const SAMPLE_SEASON = 2019;

const itemsSchema = v.object({
  features: v.pipe(
    v.array(
      v.object({
        properties: v.looseObject({
          'proj:epsg': v.optional(v.number()),
          'proj:code': v.optional(v.string()),
          'proj:shape': v.optional(v.array(v.number())),
          'proj:transform': v.optional(v.array(v.number())),
        }),
        assets: v.record(
          v.string(),
          v.looseObject({
            'proj:shape': v.optional(v.array(v.number())),
            'proj:transform': v.optional(v.array(v.number())),
          }),
        ),
      }),
    ),
    v.minLength(1),
  ),
});

/** Pixel size of the grid maps are made on, metres. */
const PIXEL_METRES = 10;

/**
 * Looks for the sample beside the page and reads its grid from the first item.
 * @param baseUrl address of the page
 * @returns null where there is no sample or none that can be read: the page works without
 */
export async function findSample(baseUrl: string, signal: AbortSignal): Promise<SampleScene | null> {
  const url = new URL('./sample', baseUrl).href;
  const body = await fetchJson(`${url}/items.json`, signal);
  const parsed = v.safeParse(itemsSchema, body);
  if (!parsed.success) return null;
  const [item] = parsed.output.features;
  const epsg = epsgOf(item!.properties);
  const tenMetres = [item!.properties, ...Object.values(item!.assets)].find(
    (owner) => owner['proj:transform']?.[0] === PIXEL_METRES && owner['proj:shape']?.length === 2,
  );
  if (epsg === null || tenMetres === undefined) return null;
  const [rows, columns] = tenMetres['proj:shape'] as [number, number];
  const transform = tenMetres['proj:transform']!;
  return { url, grid: { epsg, xMin: transform[2]!, yMax: transform[5]!, pixelMetres: PIXEL_METRES, columns, rows } };
}

function epsgOf(properties: { 'proj:epsg'?: number | undefined; 'proj:code'?: string | undefined }): number | null {
  if (properties['proj:epsg'] !== undefined) return properties['proj:epsg'];
  const code = /^EPSG:(\d+)$/.exec(properties['proj:code'] ?? '');
  return code ? Number(code[1]) : null;
}
