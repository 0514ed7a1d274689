import type { Map as MaplibreMap } from 'maplibre-gl';
import type { BboxWgs84, LonLat } from '../../geo';

/** A press that moves less than this is a click on a corner, more is a drag; pixels. */
const DRAG_PIXELS = 6;

/** By then a browser has sent the click of a release. */
const CLICK_MILLISECONDS = 300;

/** Mouse and touch of the map that would pan it while a box is drawn. */
const SWALLOWED = ['mousedown', 'touchstart', 'click', 'dblclick'] as const;

export interface BoxEvents {
  /** The box so far, or null when there is none any more. */
  onChange(bbox: BboxWgs84 | null): void;
  onFinish(bbox: BboxWgs84): void;
}

interface Corner {
  readonly lonLat: LonLat;
  readonly x: number;
  readonly y: number;
}

/**
 * Lets a person draw a box: two clicks on opposite corners, or one drag. Panning rests meanwhile; the wheel still zooms.
 * @returns a function that ends drawing
 */
export function drawBox(map: MaplibreMap, events: BoxEvents): () => void {
  const container = map.getContainer();
  const listening = new AbortController();
  let first: Corner | null = null;
  let ended = false;

  const cornerOf = (event: PointerEvent): Corner => {
    const frame = container.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    const { lng, lat } = map.unproject([x, y]);
    return { lonLat: [lng, lat], x, y };
  };
  const finish = (from: Corner, to: Corner): void => {
    first = null;
    events.onFinish(boxOf(from, to));
  };
  const listen = (type: keyof HTMLElementEventMap, handle: (event: Event) => void): void => {
    container.addEventListener(
      type,
      (event) => {
        if (event.target === map.getCanvas()) handle(event);
      },
      { capture: true, signal: listening.signal },
    );
  };

  listen('pointerdown', (event) => {
    if (!ended) first ??= cornerOf(event as PointerEvent);
  });
  listen('pointermove', (event) => {
    if (first !== null) events.onChange(boxOf(first, cornerOf(event as PointerEvent)));
  });
  // A release far from the first corner ends a drag and a second click alike.
  listen('pointerup', (event) => {
    if (first === null) return;
    const corner = cornerOf(event as PointerEvent);
    if (Math.hypot(corner.x - first.x, corner.y - first.y) >= DRAG_PIXELS) finish(first, corner);
  });
  for (const type of SWALLOWED) listen(type, (event) => event.stopPropagation());
  map.getCanvas().classList.add('drawing');

  return () => {
    map.getCanvas().classList.remove('drawing');
    events.onChange(null);
    first = null;
    ended = true;
    // The click that belongs to the last press still comes: it is not meant for the map.
    setTimeout(() => listening.abort(), CLICK_MILLISECONDS);
  };
}

function boxOf(a: Corner, b: Corner): BboxWgs84 {
  const [longitudes, latitudes] = ([0, 1] as const).map((axis) => [a.lonLat[axis], b.lonLat[axis]]) as [
    number[],
    number[],
  ];
  return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)];
}
