import { signedTransport } from '../src/catalog';
import { createHttpTransport, type Transport } from '../src/net';
import { createFileTransport } from './file-transport';
import { rangeFetch } from './range-fetch';

/** Files and HTTP behind one door: a catalogue in a folder may well point to pixels on a server. */
export function createNodeTransport(): Transport {
  const files = createFileTransport();
  const http = signedTransport(createHttpTransport({ fetch: rangeFetch }));
  const of = (url: string): Transport => (url.startsWith('file:') ? files : http);
  return {
    readAll: (url, signal) => of(url).readAll(url, signal),
    readJson: (url, signal, posted) => of(url).readJson(url, signal, posted),
    readRange: (url, start, length, signal) => of(url).readRange(url, start, length, signal),
    version: (url) => of(url).version?.(url) ?? null,
    rank: (urls, rank) => http.rank?.(urls, rank),
    traffic() {
      const [a, b] = [files.traffic(), http.traffic()];
      return { requests: a.requests + b.requests, bytes: a.bytes + b.bytes };
    },
  };
}
