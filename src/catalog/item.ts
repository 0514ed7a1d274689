import * as v from 'valibot';
import type { BboxWgs84 } from '../geo';
import { bandPixels, bandUrls } from './assets';
import { agreeOnBaseline, type BaselineClaim, baselinesInName } from './baseline';
import { footprintOf } from './footprint';
import { identityOf, madeByName } from './identity';
import { maybe } from './maybe';
import { PIXEL_FIELDS } from './raster-bands';
import { parseUtc } from './time';
import type { Scene } from './types';

const ASSET = v.object({ href: v.string(), type: maybe(v.string()), ...PIXEL_FIELDS });

const TEXT_OR_NUMBER = maybe(v.union([v.string(), v.number()]));

/** Only what is used here; items carry much more, and each catalogue something else. */
const ITEM = v.object({
  id: v.string(),
  collection: maybe(v.string()),
  bbox: maybe(v.array(v.number())),
  geometry: maybe(v.looseObject({})),
  assets: v.record(v.string(), maybe(ASSET)),
  properties: v.object({
    datetime: maybe(v.string()),
    start_datetime: maybe(v.string()),
    end_datetime: maybe(v.string()),
    created: maybe(v.string()),
    platform: maybe(v.string()),
    'eo:cloud_cover': maybe(v.number()),
    'proj:epsg': maybe(v.number()),
    'proj:code': maybe(v.string()),
    'grid:code': maybe(v.string()),
    'mgrs:utm_zone': maybe(v.number()),
    'mgrs:latitude_band': maybe(v.string()),
    'mgrs:grid_square': maybe(v.string()),
    's2:mgrs_tile': maybe(v.string()),
    's2:snow_ice_percentage': maybe(v.number()),
    's2:nodata_pixel_percentage': maybe(v.number()),
    's2:processing_baseline': TEXT_OR_NUMBER,
    'processing:version': TEXT_OR_NUMBER,
    'processing:datetime': maybe(v.string()),
    's2:generation_time': maybe(v.string()),
    's2:product_uri': maybe(v.string()),
    's2:granule_id': maybe(v.string()),
    's2:tile_id': maybe(v.string()),
    's2:datatake_id': maybe(v.string()),
    'eopf:datatake_id': maybe(v.string()),
    's2:datastrip_id': maybe(v.string()),
    'eopf:datastrip_id': maybe(v.string()),
    's2:sequence': TEXT_OR_NUMBER,
    'earthsearch:boa_offset_applied': maybe(v.boolean()),
    'crop2seg:simulated': maybe(v.boolean()),
  }),
});

type Properties = v.InferOutput<typeof ITEM>['properties'];

/** Names of the properties that are read, for catalogues that send only what they are asked for. */
export function propertyNames(): string[] {
  return Object.keys(ITEM.entries.properties.entries);
}

/** A scene, or what is wrong with the item as the end of a sentence: "has no sensing time". */
export type ParsedItem = { readonly scene: Scene } | { readonly id: string; readonly problem: string };

/**
 * A STAC item as a scene. Unknown and ill-typed optional fields do no harm; without an id, a time, an MGRS tile or any
 * band there is no scene.
 * @param base absolute address that relative hrefs refer to
 */
export function parseItem(item: unknown, base: string): ParsedItem {
  const parsed = v.safeParse(ITEM, item);
  if (!parsed.success) {
    const named = v.safeParse(v.object({ id: v.string() }), item);
    const where = v.getDotPath(parsed.issues[0]);
    const problem = where === null ? 'is no STAC item' : `is no STAC item: its "${where}" is missing or wrong`;
    return { id: named.success ? named.output.id : base, problem };
  }
  const { id, collection, bbox, geometry, assets, properties } = parsed.output;
  const time = firstTime(properties.datetime, properties.start_datetime, properties.end_datetime);
  if (time === null) return { id, problem: 'has no sensing time' };
  const tile = tileName(properties);
  if (tile === null) return { id, problem: 'does not name its Sentinel-2 tile' };
  const urls = bandUrls(assets, base);
  if (Object.keys(urls).length === 0) return { id, problem: 'has no band that can be read' };
  const datetime = new Date(time).toISOString();
  const { baseline, contradiction } = baselineOf(id, properties);
  const footprint = footprintOf(geometry);
  return {
    scene: {
      id,
      collection: collection ?? '',
      tile,
      datetime,
      date: datetime.slice(0, 10),
      platform: properties.platform,
      epsg: epsgOf(properties),
      bbox: flatBox(bbox),
      cloudPercent: properties['eo:cloud_cover'],
      snowPercent: properties['s2:snow_ice_percentage'],
      nodataPercent: properties['s2:nodata_pixel_percentage'],
      processingBaseline: baseline,
      ...(contradiction.length === 0 ? {} : { contradictingBaselines: contradiction }),
      boaOffsetApplied: properties['earthsearch:boa_offset_applied'],
      sequence: sequenceOf(properties),
      simulated: properties['crop2seg:simulated'] === true,
      assets: urls,
      ...bandPixels(assets, base),
      ...identityOf(namesOf(id, properties)),
      ...madeAt(id, properties),
      ...(footprint === null ? {} : { footprint }),
    },
  };
}

/** The first of several texts that is a time, milliseconds since 1970. */
function firstTime(...texts: readonly (string | null)[]): number | null {
  return texts.map((text) => parseUtc(text ?? '')).find((time) => time !== null) ?? null;
}

function namesOf(id: string, properties: Properties): Parameters<typeof identityOf>[0] {
  return {
    id,
    product: properties['s2:product_uri'],
    datatake: properties['s2:datatake_id'] ?? properties['eopf:datatake_id'],
    datastrip: properties['s2:datastrip_id'] ?? properties['eopf:datastrip_id'],
  };
}

/** What the field of the baseline, the version of the processing and all names say. */
function baselineOf(id: string, properties: Properties): BaselineClaim {
  const { product, datatake, datastrip } = namesOf(id, properties);
  const names = [id, product, datatake, datastrip, properties['s2:granule_id'], properties['s2:tile_id']];
  const field = properties['s2:processing_baseline'];
  const version = properties['processing:version'];
  return agreeOnBaseline(
    [...(field === null ? [] : [field]), ...names.flatMap((name) => baselinesInName(name ?? ''))],
    version === null ? [] : [version],
  );
}

/** When the product was made; the item itself was made later. */
function madeAt(id: string, properties: Properties): Pick<Scene, 'madeAt'> {
  const named = madeByName(namesOf(id, properties));
  const time = firstTime(
    properties['s2:generation_time'],
    properties['processing:datetime'],
    named,
    properties.created,
  );
  return time === null ? {} : { madeAt: new Date(time).toISOString() };
}

/** `33UVR` from `MGRS-33UVR`, from `33UVR`, or from zone, band and square; zones below ten get their zero. */
function tileName(properties: Properties): string | null {
  const parts = [properties['mgrs:utm_zone'], properties['mgrs:latitude_band'], properties['mgrs:grid_square']];
  for (const text of [properties['grid:code'], properties['s2:mgrs_tile'], parts.join('')]) {
    const match = /^(?:MGRS-|T)?(\d{1,2}[C-X][A-Z]{2})$/.exec(text ?? '');
    if (match !== null) return match[1]!.padStart(5, '0');
  }
  return null;
}

/** `proj:epsg` of projection 1.1, or `proj:code` ("EPSG:32633") of 1.2 and later. */
function epsgOf(properties: Properties): number | null {
  const match = /^EPSG:(\d+)$/.exec(properties['proj:code'] ?? '');
  return properties['proj:epsg'] ?? (match === null ? null : Number(match[1]));
}

function sequenceOf(properties: Properties): number {
  const sequence = Number(properties['s2:sequence'] ?? 0);
  return Number.isFinite(sequence) ? sequence : 0;
}

/** West, south, east, north; a box with heights has six numbers. */
function flatBox(bbox: readonly number[] | null): BboxWgs84 | null {
  if (bbox?.length === 4) return [bbox[0]!, bbox[1]!, bbox[2]!, bbox[3]!];
  if (bbox?.length === 6) return [bbox[0]!, bbox[1]!, bbox[3]!, bbox[4]!];
  return null;
}
