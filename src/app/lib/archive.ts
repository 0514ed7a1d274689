import type { Archive } from '../../job';

/** Finished maps as `src/job` keeps them. */
export type MapArchive = Archive;
export type KeptMap = Awaited<ReturnType<Archive['listMaps']>>[number];

/** Opens the archive on demand: its code is of no use before a first map. */
export async function openMaps(): Promise<MapArchive> {
  const { openArchive } = await import('../../job');
  return openArchive();
}
