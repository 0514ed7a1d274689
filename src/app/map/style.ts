import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { t } from '../strings';
import { MAP_COLOURS } from './palette';
import { townFeatures } from './towns';

/** Cells can be chosen once they are wide enough to aim at (11 km is about 14 px at zoom 6). */
export const CELL_MIN_ZOOM = 6;

/** From here on the grid shows as a fine mesh: where it is, not yet something to aim at. */
const MESH_MIN_ZOOM = 4.5;

/** Without a glyph server MapLibre draws letters with a font of the system, named here. */
const FONT = ['system-ui', 'sans-serif'];

const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Names of the sources that are filled while the page runs. */
export const SOURCES = [
  'land',
  'czechia',
  'borders',
  'cells',
  'sample',
  'sample-label',
  'choice',
  'drawn',
  'result-frame',
  'pixel',
] as const;
export type SourceName = (typeof SOURCES)[number];

/** The first layer above the online pictures and the first above the crop map. */
export const ABOVE_ONLINE = 'borders';
export const ABOVE_RESULT = 'result-frame';

const hovered: ExpressionSpecification = ['boolean', ['feature-state', 'hover'], false];

/** The offline style: everything in it comes with the page. */
export function baseStyle(): StyleSpecification {
  return {
    version: 8,
    sources: {
      ...Object.fromEntries(SOURCES.map((name) => [name, { type: 'geojson' as const, data: EMPTY }])),
      land: { type: 'geojson', data: EMPTY, attribution: t.view.outlines },
      towns: { type: 'geojson', data: townFeatures() },
    },
    layers: [...ground(), ...choices(), ...overResult()],
    transition: { duration: 150, delay: 0 },
  };
}

function ground(): LayerSpecification[] {
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': MAP_COLOURS.sea } },
    { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': MAP_COLOURS.land } },
    { id: 'czechia', type: 'fill', source: 'czechia', paint: { 'fill-color': MAP_COLOURS.czechia } },
    {
      id: 'borders',
      type: 'line',
      source: 'borders',
      paint: { 'line-color': MAP_COLOURS.border, 'line-width': ['interpolate', ['linear'], ['zoom'], 3, 0.6, 8, 1.6] },
    },
  ];
}

function choices(): LayerSpecification[] {
  return [
    {
      id: 'cells-fill',
      type: 'fill',
      source: 'cells',
      minzoom: CELL_MIN_ZOOM,
      paint: { 'fill-color': MAP_COLOURS.cellHover, 'fill-opacity': ['case', hovered, 0.16, 0] },
    },
    {
      id: 'cells-line',
      type: 'line',
      source: 'cells',
      minzoom: MESH_MIN_ZOOM,
      paint: {
        'line-color': ['case', hovered, MAP_COLOURS.cellHover, MAP_COLOURS.cell],
        'line-width': ['case', hovered, 2, 0.7],
        'line-opacity': ['interpolate', ['linear'], ['zoom'], MESH_MIN_ZOOM, 0.2, CELL_MIN_ZOOM, 0.35, 8, 0.75],
      },
    },
    {
      id: 'sample-fill',
      type: 'fill',
      source: 'sample',
      paint: { 'fill-color': MAP_COLOURS.sample, 'fill-opacity': 0.14 },
    },
    {
      id: 'sample-line',
      type: 'line',
      source: 'sample',
      paint: { 'line-color': MAP_COLOURS.sample, 'line-width': 2 },
    },
    {
      id: 'choice-fill',
      type: 'fill',
      source: 'choice',
      paint: { 'fill-color': MAP_COLOURS.chosen, 'fill-opacity': 0.16 },
    },
    {
      id: 'choice-line',
      type: 'line',
      source: 'choice',
      paint: { 'line-color': MAP_COLOURS.chosen, 'line-width': 2.5 },
    },
    {
      id: 'drawn',
      type: 'line',
      source: 'drawn',
      paint: { 'line-color': MAP_COLOURS.drawn, 'line-width': 2, 'line-dasharray': [2, 1.5] },
    },
  ];
}

function overResult(): LayerSpecification[] {
  return [
    {
      id: ABOVE_RESULT,
      type: 'line',
      source: 'result-frame',
      paint: { 'line-color': MAP_COLOURS.pixel, 'line-width': 1, 'line-opacity': 0.5 },
    },
    {
      id: 'pixel-halo',
      type: 'line',
      source: 'pixel',
      paint: { 'line-color': '#ffffff', 'line-width': 5 },
    },
    { id: 'pixel', type: 'line', source: 'pixel', paint: { 'line-color': MAP_COLOURS.pixel, 'line-width': 2.5 } },
    {
      id: 'towns',
      type: 'symbol',
      source: 'towns',
      filter: ['<=', ['get', 'fromZoom'], ['zoom']],
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 4, 11, 9, 14],
        'symbol-sort-key': ['get', 'fromZoom'],
      },
      paint: { 'text-color': MAP_COLOURS.town, 'text-halo-color': MAP_COLOURS.townHalo, 'text-halo-width': 1.4 },
    },
    {
      id: 'sample-label',
      type: 'symbol',
      source: 'sample-label',
      layout: {
        'text-field': t.place.sample,
        'text-font': FONT,
        'text-size': 13,
        'text-anchor': 'bottom',
        'text-offset': [0, -0.3],
        'text-allow-overlap': true,
      },
      paint: { 'text-color': MAP_COLOURS.sample, 'text-halo-color': MAP_COLOURS.townHalo, 'text-halo-width': 2 },
    },
  ];
}
