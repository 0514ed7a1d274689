import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

interface Schema extends DBSchema {
  numbers: { key: string; value: number };
}

/** A few numbers that all tabs and workers of the page share. */
export interface Settings {
  get(name: SettingName): Promise<number | null>;
  set(name: SettingName, value: number): Promise<void>;
}

/** Bytes for caches; when persistence was asked for, milliseconds since 1970. */
export type SettingName = 'budget' | 'persistence-asked';

const VERSION = 1;

/** Settings in IndexedDB under `name`; in memory where there is none. */
export async function openSettings(name: string): Promise<Settings> {
  try {
    const database: IDBPDatabase<Schema> = await openDB<Schema>(name, VERSION, {
      upgrade: (fresh) => void fresh.createObjectStore('numbers'),
      blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    });
    return {
      get: async (setting) => (await database.get('numbers', setting)) ?? null,
      set: async (setting, value) => void (await database.put('numbers', value, setting)),
    };
  } catch {
    // No IndexedDB for us: the choice lives as long as the page.
    const numbers = new Map<string, number>();
    return {
      get: async (setting) => numbers.get(setting) ?? null,
      set: async (setting, value) => void numbers.set(setting, value),
    };
  }
}
