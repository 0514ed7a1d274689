import { checkGolden } from './golden';
import { runNetwork } from './network';
import type { Backend, Engine, LoadedModel } from './types';

/**
 * Makes a network ready to run: its golden tile is run first, and a backend that does not reproduce it is refused
 * (`segment/golden-mismatch`) and disposed of. The engine owns the backend from here on.
 */
export async function createEngine(model: LoadedModel, backend: Backend, signal: AbortSignal): Promise<Engine> {
  try {
    const golden = await checkGolden(model, backend, signal);
    const { card } = model;
    return {
      card,
      golden,
      segmentTile: (tile, tileSignal, onDate) => runNetwork(card, backend, tile, tileSignal, onDate),
      dispose: () => backend.dispose(),
    };
  } catch (error) {
    await backend.dispose();
    throw error;
  }
}
