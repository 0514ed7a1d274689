import * as v from 'valibot';
import { CropError } from '../src/errors';
import type { LonLat } from '../src/geo';
import type { Place } from '../src/job';

const Position = v.pipe(
  v.tupleWithRest([v.number(), v.number()], v.number()),
  v.check(([longitude, latitude]) => Math.abs(longitude) <= 180 && latitude >= -80 && latitude <= 84),
);
const Ring = v.pipe(v.array(Position), v.minLength(4));
const Rings = v.pipe(v.array(Ring), v.minLength(1));

const GEOMETRIES = {
  points: v.variant('type', [v.object({ type: v.literal('Point'), coordinates: Position })]),
  parcels: v.variant('type', [
    v.object({ type: v.literal('Polygon'), coordinates: Rings }),
    v.object({ type: v.literal('MultiPolygon'), coordinates: v.pipe(v.array(Rings), v.minLength(1)) }),
  ]),
};

const EXPECTED = {
  points: 'its geometry is no Point in degrees (WGS84)',
  parcels: 'its geometry is no Polygon or MultiPolygon in degrees (WGS84)',
};

const Id = v.union([v.string(), v.number()]);
const Feature = v.object({
  type: v.literal('Feature'),
  id: v.optional(Id),
  properties: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
  geometry: v.unknown(),
});
const Collection = v.object({ type: v.literal('FeatureCollection'), features: v.array(v.unknown()) });

/**
 * Points or parcels of a GeoJSON feature collection in WGS84 (RFC 7946). The id is that of the feature, else its property
 * `id`, else its number from 1.
 * @throws CropError `cli/bad-places` naming the feature, `cli/no-places`
 */
export function placesOfGeoJson(text: string, path: string, what: keyof typeof GEOMETRIES): Place[] {
  const collection = v.safeParse(Collection, parse(text, path));
  if (!collection.success || collection.output.features.length === 0)
    throw new CropError('cli/no-places', { path, what });
  return collection.output.features.map((raw, nth) => {
    const feature = v.safeParse(Feature, raw);
    const property = feature.success ? v.safeParse(Id, feature.output.properties?.['id']) : null;
    const name = feature.success ? (feature.output.id ?? (property?.success ? property.output : undefined)) : undefined;
    const id = String(name ?? nth + 1);
    const geometry = v.safeParse(GEOMETRIES[what], feature.success ? feature.output.geometry : null);
    if (!geometry.success) {
      const where = name === undefined ? `feature ${nth + 1}` : `feature ${nth + 1} (id ${name})`;
      throw new CropError('cli/bad-places', { path, where, problem: EXPECTED[what] });
    }
    return { id, shape: shapeOf(geometry.output) };
  });
}

type Geometry = v.InferOutput<(typeof GEOMETRIES)[keyof typeof GEOMETRIES]>;

function shapeOf(geometry: Geometry): Place['shape'] {
  if (geometry.type === 'Point') return { point: flat(geometry.coordinates) };
  const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
  return { rings: rings.map((ring) => ring.map(flat)) };
}

function flat([longitude, latitude]: readonly number[]): LonLat {
  return [longitude!, latitude!];
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CropError('cli/bad-places', { path, where: 'the file', problem: (cause as Error).message }, cause);
  }
}
