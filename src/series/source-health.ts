import type { Scene } from '../catalog';

/** Remembers which sources deliver, so that a dead one does not cost its waits for every scene. */
export interface SourceHealth {
  /** A scene and its alternatives in the order to try: those of resting sources last. */
  order(scene: Scene): Scene[];
  delivered(scene: Scene): void;
  failed(scene: Scene, reason: string): void;
  /** Sentences for people: what was read from somewhere else than wished, and why. */
  notices(): string[];
}

/** Reads that may fail one after the other before a source rests. */
const FAILURES_BEFORE_REST = 3;

/** Reads from other sources before a resting one is tried again; a scene is two, classification and bands. */
const REST_READS = 20;

interface State {
  inARow: number;
  resting: number;
  failures: number;
  readonly firstReason: string;
}

export function createSourceHealth(): SourceHealth {
  const states = new Map<string, State>();

  return {
    order(scene) {
      const wished = [scene, ...(scene.alternatives ?? [])];
      const rests = (candidate: Scene): boolean => (states.get(sourceOf(candidate))?.resting ?? 0) > 0;
      return [...wished.filter((candidate) => !rests(candidate)), ...wished.filter(rests)];
    },
    delivered(scene) {
      for (const state of states.values()) state.resting = Math.max(0, state.resting - 1);
      const state = states.get(sourceOf(scene));
      if (state !== undefined) state.inARow = 0;
    },
    failed(scene, reason) {
      const source = sourceOf(scene);
      const state = states.get(source) ?? { inARow: 0, resting: 0, failures: 0, firstReason: reason };
      states.set(source, state);
      state.failures += 1;
      state.inARow += 1;
      if (state.inARow >= FAILURES_BEFORE_REST) state.resting = REST_READS;
    },
    notices: () =>
      [...states].map(
        ([source, { failures, firstReason }]) =>
          `${source} could not deliver ${failures === 1 ? 'a scene' : `${failures} scenes`} that ` +
          `another source has: ${firstReason}`,
      ),
  };
}

function sourceOf({ source, collection }: Scene): string {
  return [source, collection].filter(Boolean).join(', ') || 'The source';
}
