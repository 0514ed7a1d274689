import type { Settings } from './settings';

/**
 * Asks the browser once not to clear what is kept here when the disk runs short. Some browsers ask the person, so a
 * refusal is remembered and not questioned again. Only pages can ask; elsewhere the answer is false.
 * @returns whether storage is persistent now
 */
export async function requestPersistence(settings: Settings, now = Date.now()): Promise<boolean> {
  const storage = (globalThis.navigator as Navigator | undefined)?.storage as Partial<StorageManager> | undefined;
  if (storage?.persisted === undefined) return false;
  if (await storage.persisted()) return true;
  if (storage.persist === undefined || (await settings.get('persistence-asked')) !== null) return false;
  await settings.set('persistence-asked', now);
  return storage.persist();
}
