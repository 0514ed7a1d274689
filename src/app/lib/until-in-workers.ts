import type { UntilDrawer } from '../state/until.svelte';

/**
 * Draws finished maps for earlier days in two workers of its own: they start with the first day asked for, serve the
 * next ones, and end with `close`.
 */
export function drawUntilInWorkers(): UntilDrawer {
  let ports: Promise<Awaited<ReturnType<typeof connect>>> | null = null;

  async function connect() {
    const { connectSegmentWorker, connectSeriesWorker } = await import('../../../workers/wire/client');
    // Each starts with its first call: where all features are kept, nothing is read and no series worker needed.
    return { series: connectSeriesWorker(), segment: connectSegmentWorker() };
  }

  return {
    async draw(map, until, options) {
      const { mapUntil } = await import('../../job');
      ports ??= connect();
      return mapUntil(map, until, await ports, options);
    },
    async close() {
      const open = await ports;
      ports = null;
      await Promise.all([open?.series.dispose(), open?.segment.dispose()]);
    },
  };
}
