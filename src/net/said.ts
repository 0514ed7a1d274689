import { redactText } from '../errors';
import { bodyReader } from './body-reader';
import { drop } from './body';
import type { HttpAnswer } from './types';

/** Of the body of a refusal this much is looked at, bytes: its words come first. */
const READ_BYTES = 4096;

/** Longest part of a server's words that is shown, characters. */
const SHOWN_CHARACTERS = 200;

/** Fields in which APIs say what is wrong: OGC and STAC, FastAPI, RFC 9457, and others. */
const FIELDS = ['description', 'detail', 'message', 'msg', 'error', 'title', 'code'] as const;

/** Parameters of a search; the values of all others may be keys. */
const OPEN_PARAMETERS = new Set([
  ...['collections', 'ids', 'bbox', 'datetime', 'limit', 'fields', 'query', 'filter', 'filter-lang', 'sortby'],
  ...['page', 'offset', 'next'],
]);

/** Shorter values are no keys, and would be found in any word. */
const SHORTEST_KEY = 4;

/**
 * What a server says about a refusal, as the end of a sentence (": unknown parameter fields"), in plain text, cut to a
 * length, without the keys of the address; nothing where it says nothing. Ends the download.
 */
export async function saidBy(response: HttpAnswer, url: string): Promise<string> {
  const text = await beginning(response);
  const words = textOf(text).replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  if (words === '') return '';
  const shown = redactText(withoutValues(words, url));
  return `: ${shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS)}...` : shown}`;
}

async function beginning(response: HttpAnswer): Promise<string> {
  if (response.body === null) return '';
  const reader = bodyReader(response.body);
  let buffer = new Uint8Array(READ_BYTES);
  let got = 0;
  try {
    while (got < READ_BYTES) {
      const filled = await reader.readInto(buffer, got);
      buffer = filled.buffer;
      if (filled.count === null) break;
      got += filled.count;
    }
  } catch {
    // A refusal that breaks off is a refusal all the same; what came of its words is enough.
  }
  await drop(reader);
  return new TextDecoder().decode(buffer.subarray(0, Math.min(got, READ_BYTES)));
}

/** The words of a JSON answer, else the text between the tags of a page or of XML. */
function textOf(body: string): string {
  try {
    return wordsOf(JSON.parse(body));
  } catch {
    const inner = /<(message|title)>([^<]*)</i.exec(body)?.[2] ?? body.replace(/<[^>]*>?/g, ' ');
    // eslint-disable-next-line no-control-regex -- a server must not move the cursor of a terminal
    return inner.replace(/[\u0000-\u001f\u007f]/g, ' ');
  }
}

function wordsOf(json: unknown): string {
  if (typeof json === 'string') return json;
  if (Array.isArray(json)) return json.map(wordsOf).filter(Boolean).join('; ');
  if (typeof json !== 'object' || json === null) return '';
  const fields = json as Record<string, unknown>;
  const words = FIELDS.map((name) => wordsOf(fields[name])).find((found) => found !== '') ?? '';
  // FastAPI names the parameter apart: {"loc": ["query", "fields"], "msg": "extra inputs are not permitted"}.
  const place = Array.isArray(fields['loc']) ? String(fields['loc'].at(-1)) : '';
  return place === '' || words === '' ? words : `${place}: ${words}`;
}

function withoutValues(words: string, url: string): string {
  if (!URL.canParse(url)) return words;
  const { searchParams, username, password } = new URL(url);
  const values = [...searchParams].filter(([name]) => !OPEN_PARAMETERS.has(name)).map(([, value]) => value);
  return [...values, username, password]
    .filter((value) => value.length >= SHORTEST_KEY)
    .reduce((text, value) => text.replaceAll(value, '***'), words);
}
