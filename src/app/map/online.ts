import type { Map as MaplibreMap } from 'maplibre-gl';
import { t } from '../strings';
import { ABOVE_ONLINE } from './style';

export const ONLINE_SOURCE = 'online';

/** Largest zoom level of OpenStreetMap's standard pictures. */
const MAX_TILE_ZOOM = 19;
/** Paler than the original, so that crops and choices stay in front. */
const PALENESS = { 'raster-saturation': -0.35, 'raster-contrast': -0.1, 'raster-opacity': 0.9 };

/** Puts remote map pictures under everything this page draws. Called only on a person's wish. */
export function addOnline(map: MaplibreMap): void {
  if (map.getSource(ONLINE_SOURCE)) return;
  map.addSource(ONLINE_SOURCE, {
    type: 'raster',
    tiles: ['https://tile.openstreetmap.org/{z}/{x}/{y}.png'],
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
