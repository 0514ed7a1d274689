import type { Map as MaplibreMap } from 'maplibre-gl';
import { t } from '../strings';
import { ABOVE_ONLINE } from './style';

export const ONLINE_SOURCE = 'online';

/** Largest zoom level of OpenStreetMap's standard pictures. */
const MAX_TILE_ZOOM = 19;
/** Paler than the original, so that crops and choices stay in front. */
const PALENESS = { 'raster-saturation': -0.35, 'raster-contrast': -0.1, 'raster-opacity': 0.9 };

const TILES = 'https://tile.openstreetmap.org/{z}/{x}/{y}.png';
/** The picture of the whole world: one request tells whether the host can be reached. */
const WORLD = TILES.replace(/\{\w\}/g, '0');

/**
 * Asks for a single picture before a screenful: without a network each of them would be an error of its own.
 * @throws the signal's reason
 */
export async function onlineAnswers(signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetch(WORLD, { signal })).ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** Puts remote map pictures under everything this page draws. Called only on a person's wish. */
export function addOnline(map: MaplibreMap): void {
  if (map.getSource(ONLINE_SOURCE)) return;
  map.addSource(ONLINE_SOURCE, {
    type: 'raster',
    tiles: [TILES],
    tileSize: 256,
    maxzoom: MAX_TILE_ZOOM,
    attribution: t.view.osm,
  });
  map.addLayer({ id: ONLINE_SOURCE, type: 'raster', source: ONLINE_SOURCE, paint: PALENESS }, ABOVE_ONLINE);
}

export function removeOnline(map: MaplibreMap): void {
  if (map.getLayer(ONLINE_SOURCE)) map.removeLayer(ONLINE_SOURCE);
  if (map.getSource(ONLINE_SOURCE)) map.removeSource(ONLINE_SOURCE);
}
