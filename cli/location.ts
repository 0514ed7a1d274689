import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What people write for a place of bytes: a URL stays one, anything else is a path from the working folder. */
export function urlOf(location: string, workingFolder: string): string {
  if (/^(https?|file):/i.test(location)) return withoutSlash(location);
  return withoutSlash(pathToFileURL(resolve(workingFolder, location)).href);
}

function withoutSlash(url: string): string {
  // A query may end with a slash that belongs to a key.
  return url.includes('?') ? url : url.replace(/\/+$/, '');
}
