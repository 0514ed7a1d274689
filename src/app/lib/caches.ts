import type { Caches } from '../../job';

export type { Budget, KeptKind, KeptSize } from '../../job';
export type KeptCaches = Caches;

/** Opens the caches on demand: their code is of no use before something is kept. */
export async function openKeptCaches(): Promise<KeptCaches> {
  const { openCaches } = await import('../../job');
  return openCaches();
}
