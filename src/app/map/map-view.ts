import type { GeoJSONSource, ImageSource, Map as MaplibreMap, PaddingOptions } from 'maplibre-gl';
import { allCells, gridToBbox, unproject, unwrapBbox, type BboxWgs84, type GridWindow, type LonLat } from '../../geo';
import { cellFeatures, polygonOf } from '../lib/ground';
import { t } from '../strings';
import { drawBox } from './draw';
import { placeWindow, arrange, type Placement } from './image-warp';
import { loadMaplibre } from './load-maplibre';
import { addOnline, ONLINE_SOURCE, onlineAnswers, removeOnline } from './online';
import { loadOutlines } from './outlines';
import type { Picture } from './paint';
import { ABOVE_RESULT, baseStyle, type SourceName } from './style';

/** Czechia with a margin, degrees: where the grid is. */
const CZECHIA: BboxWgs84 = [11.9, 48.4, 19, 51.2];

/** Closer than this 10 m pixels fill the screen. */
const MAX_ZOOM = 18;
const FIT_MAX_ZOOM = 15;

const RESULT = 'result';

export interface Hover {
  readonly x: number;
  readonly y: number;
  readonly index: number;
  readonly tile: string;
}

export interface MapEvents {
  onClick(lonLat: LonLat): void;
  onHover(hover: Hover | null): void;
  onBox(bbox: BboxWgs84): void;
  onZoom(zoom: number): void;
  /** A remote picture did not come. */
  onOnlineError(): void;
}

/** The map on the page: a thin shell around MapLibre that knows what this page draws and nothing of its state. */
export class MapView {
  readonly #map: MaplibreMap;
  readonly #events: MapEvents;
  #hovered: number | null = null;
  #endDrawing: (() => void) | null = null;
  #asking: AbortController | null = null;
  #placed: { readonly grid: GridWindow; readonly placement: Placement } | null = null;

  private constructor(map: MaplibreMap, events: MapEvents) {
    this.#map = map;
    this.#events = events;
    map.on('click', ({ lngLat }) => {
      // Beside the world there are copies of it.
      const { lng, lat } = lngLat.wrap();
      events.onClick([lng, lat]);
    });
    map.on('zoomend', () => events.onZoom(map.getZoom()));
    // With a listener MapLibre does not write to the console; only remote pictures can fail for reasons outside the page.
    map.on('error', (event) => {
      if ((event as { sourceId?: string }).sourceId === ONLINE_SOURCE) events.onOnlineError();
    });
    map.on('mousemove', 'cells-fill', (event) => {
      if (this.#endDrawing !== null) return;
      const cell = event.features?.[0];
      this.#hover(cell === undefined ? null : Number(cell.id));
      if (cell !== undefined) {
        const { index, tile } = cell.properties as { index: number; tile: string };
        events.onHover({ x: event.point.x, y: event.point.y, index, tile });
      }
    });
    map.on('mouseleave', 'cells-fill', () => {
      this.#hover(null);
      events.onHover(null);
    });
  }

  /** @throws GPUInitializationError where the browser has no WebGL 2 */
  static async open(container: HTMLElement, events: MapEvents, padding: PaddingOptions): Promise<MapView> {
    const maplibre = await loadMaplibre();
    const map = new maplibre.Map({
      container,
      style: baseStyle(),
      bounds: [...CZECHIA],
      fitBoundsOptions: { padding },
      maxZoom: MAX_ZOOM,
      attributionControl: { compact: false },
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: true,
      locale: { 'Map.Title': t.app.map },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibre.ScaleControl({ maxWidth: 90 }), 'bottom-right');
    const view = new MapView(map, events);
    await new Promise<void>((resolve) => void map.once('style.load', () => resolve()));
    view.#fill('cells', cellFeatures(allCells()));
    events.onZoom(map.getZoom());
    return view;
  }

  /** Fetches and draws land and borders; the map works without. */
  async showOutlines(signal: AbortSignal): Promise<void> {
    const { land, czechia, borders } = await loadOutlines(signal);
    signal.throwIfAborted();
    this.#fill('land', land);
    this.#fill('czechia', czechia);
    this.#fill('borders', borders);
  }

  showSample(grid: GridWindow | null): void {
    this.#outline('sample', grid);
    this.#fill('sample-label', grid === null ? null : { type: 'Point', coordinates: topCentreOf(grid) });
  }

  /** The chosen place, or the several among which a person still has to choose. */
  showChoice(grids: readonly GridWindow[]): void {
    this.#fill('choice', { type: 'GeometryCollection', geometries: grids.map(polygonOf) });
  }

  showPixel(grid: GridWindow | null): void {
    this.#outline('pixel', grid);
  }

  /** Draws the picture of a finished map, or takes it away. */
  showResult(grid: GridWindow | null, picture: Picture | null): void {
    this.#outline('result-frame', grid);
    if (grid === null || picture === null) {
      this.#placed = null;
      if (this.#map.getLayer(RESULT)) this.#map.removeLayer(RESULT);
      if (this.#map.getSource(RESULT)) this.#map.removeSource(RESULT);
      return;
    }
    if (this.#placed?.grid !== grid) this.#placed = { grid, placement: placeWindow(grid) };
    const { placement } = this.#placed;
    const { rgba, columns, rows } = arrange(picture, placement);
    const image = new ImageData(rgba, columns, rows);
    const coordinates = placement.corners.map(([longitude, latitude]) => [longitude, latitude]) as never;
    this.#resultSource(coordinates).updateImage({ image, coordinates });
  }

  setResultOpacity(opacity: number): void {
    if (this.#map.getLayer(RESULT)) this.#map.setPaintProperty(RESULT, 'raster-opacity', opacity);
  }

  /** Remote pictures under everything else, once their host has answered. */
  setOnline(online: boolean): void {
    this.#asking?.abort();
    this.#asking = null;
    if (!online) return removeOnline(this.#map);
    const asking = new AbortController();
    this.#asking = asking;
    onlineAnswers(asking.signal).then(
      (answers) => (answers ? addOnline(this.#map) : this.#events.onOnlineError()),
      // Switched off while the host was asked: nothing to tell.
      () => undefined,
    );
  }

  setDrawing(drawing: boolean): void {
    this.#endDrawing?.();
    this.#endDrawing = null;
    if (!drawing) return;
    this.#hover(null);
    this.#endDrawing = drawBox(this.#map, {
      onChange: (bbox) => this.#fill('drawn', bbox === null ? null : rectangleOf(bbox)),
      onFinish: (bbox) => this.#events.onBox(bbox),
    });
  }

  fit(grid: GridWindow, padding: PaddingOptions): void {
    const [west, south, east, north] = unwrapBbox(gridToBbox(grid));
    this.#map.fitBounds([west, south, east, north], { padding, maxZoom: FIT_MAX_ZOOM, duration: 700 });
  }

  fitCzechia(padding: PaddingOptions): void {
    this.#map.fitBounds([...CZECHIA], { padding, duration: 700 });
  }

  zoomBy(steps: number): void {
    this.#map.zoomTo(this.#map.getZoom() + steps);
  }

  focus(): void {
    this.#map.getCanvas().focus({ preventScroll: true });
  }

  close(): void {
    this.#endDrawing?.();
    this.#asking?.abort();
    this.#map.remove();
  }

  #resultSource(coordinates: never): ImageSource {
    const known = this.#map.getSource<ImageSource>(RESULT);
    if (known) return known;
    this.#map.addSource(RESULT, { type: 'image', coordinates } as never);
    this.#map.addLayer(
      {
        id: RESULT,
        type: 'raster',
        source: RESULT,
        paint: { 'raster-resampling': 'nearest', 'raster-fade-duration': 0 },
      },
      ABOVE_RESULT,
    );
    const source = this.#map.getSource<ImageSource>(RESULT)!;
    // Bilinear between the corners: the mapping whose error `placeWindow` has measured.
    source.setWarp('flat');
    return source;
  }

  #hover(index: number | null): void {
    if (this.#hovered === index) return;
    if (this.#hovered !== null) this.#map.setFeatureState({ source: 'cells', id: this.#hovered }, { hover: false });
    if (index !== null) this.#map.setFeatureState({ source: 'cells', id: index }, { hover: true });
    this.#hovered = index;
  }

  #outline(source: SourceName, grid: GridWindow | null): void {
    this.#fill(source, grid === null ? null : { type: 'Feature', properties: {}, geometry: polygonOf(grid) });
  }

  #fill(name: SourceName, data: GeoJSON.GeoJSON | null): void {
    const source = this.#map.getSource<GeoJSONSource>(name);
    void source?.setData(data ?? { type: 'FeatureCollection', features: [] });
  }
}

/** Where a label sits on top of a window. */
function topCentreOf({ epsg, xMin, yMax, columns, pixelMetres }: GridWindow): [number, number] {
  const [longitude, latitude] = unproject(epsg, xMin + (columns * pixelMetres) / 2, yMax);
  return [longitude, latitude];
}

function rectangleOf([west, south, east, north]: BboxWgs84): GeoJSON.Polygon {
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { type: 'Polygon', coordinates: [ring] };
}
