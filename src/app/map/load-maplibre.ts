import type * as Maplibre from 'maplibre-gl';

let loading: Promise<typeof Maplibre> | null = null;

/** MapLibre and its worker, fetched when the first map is drawn; a failure is forgotten so that a retry works. */
export function loadMaplibre(): Promise<typeof Maplibre> {
  loading ??= fetchMaplibre().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function fetchMaplibre(): Promise<typeof Maplibre> {
  const [maplibre, worker] = await Promise.all([
    import('maplibre-gl'),
    // A file of our own origin: the default address next to the library is lost in a bundle.
    import('maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'),
    import('maplibre-gl/dist/maplibre-gl.css'),
  ]);
  maplibre.setWorkerUrl(worker.default);
  return maplibre;
}
