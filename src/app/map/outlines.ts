import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import outlinesUrl from 'world-atlas/countries-50m.json?url';

/** Land and borders of the world. Source: Natural Earth 1:50 million, public domain, as packed by world-atlas. */
export interface Outlines {
  readonly land: GeoJSON.FeatureCollection;
  /** The country of the cell grid, drawn lighter. */
  readonly czechia: GeoJSON.FeatureCollection;
  readonly borders: GeoJSON.Feature;
}

/** ISO 3166-1 numeric code, the id of a country in world-atlas. */
const CZECHIA_ID = '203';

type WorldAtlas = Topology<{ countries: GeometryCollection; land: GeometryCollection }>;

/** @throws TypeError where the file cannot be fetched, or the signal's reason */
export async function loadOutlines(signal: AbortSignal): Promise<Outlines> {
  const response = await fetch(outlinesUrl, { signal });
  const atlas = (await response.json()) as WorldAtlas;
  const countries = feature(atlas, atlas.objects.countries);
  return {
    land: feature(atlas, atlas.objects.land),
    czechia: { ...countries, features: countries.features.filter(({ id }) => id === CZECHIA_ID) },
    borders: {
      type: 'Feature',
      properties: {},
      geometry: mesh(atlas, atlas.objects.countries, (a, b) => a !== b),
    },
  };
}
