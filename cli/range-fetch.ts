import { Agent as HttpAgent, get as httpGet, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { redactAddress } from '../src/errors';
import type { HttpAnswer, HttpBody, HttpFetch } from '../src/net';

/** Connections to a host; more than the transport's requests at once would never be used. */
const CONNECTIONS = { keepAlive: true, maxSockets: 6 };

/** Redirects followed before a server is taken for a mill; what fetch's own limit of 20 is for. */
const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

const httpAgent = new HttpAgent(CONNECTIONS);
const httpsAgent = new HttpsAgent(CONNECTIONS);

/**
 * A fetch for parts of files. Node's own copies every piece twice on its way through web streams, which takes as much
 * processor time as half of the decoding; this one hands on what comes out of the socket. Whole bodies, which may be
 * compressed, are left to Node's.
 */
export const rangeFetch: HttpFetch = async (url, init) => {
  if (init.headers['Range'] === undefined) return globalThis.fetch(url, init);
  let address = url;
  let headers = init.headers;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const message = await request(address, headers, init.signal);
    const { location } = message.headers;
    if (location === undefined || !REDIRECTS.includes(message.statusCode ?? 0)) return answerOf(message);
    message.resume();
    const target = new URL(location, address);
    // As fetch does it: a login is for the server it was given for.
    if (target.origin !== new URL(address).origin) headers = withoutAuthorization(headers);
    address = target.href;
  }
  throw new Error(`${redactAddress(url)} is redirected more than ${MAX_REDIRECTS} times`);
};

function withoutAuthorization(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

function request(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:');
    const options = { headers, signal, agent: secure ? httpsAgent : httpAgent };
    (secure ? httpsGet : httpGet)(url, options, resolve).on('error', reject);
  });
}

function answerOf(message: IncomingMessage): HttpAnswer {
  return {
    status: message.statusCode ?? 0,
    headers: {
      get(name) {
        const value = message.headers[name];
        return Array.isArray(value) ? value.join(', ') : (value ?? null);
      },
    },
    body: bodyOf(message),
  };
}

function bodyOf(message: IncomingMessage): HttpBody {
  let locked = false;
  const cancel = async (): Promise<void> => {
    message.destroy();
  };
  return {
    get locked() {
      return locked;
    },
    cancel,
    getReader() {
      locked = true;
      const pieces = message[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
      return {
        async read() {
          const { done, value } = await pieces.next();
          return done === true ? { done } : { done: false, value };
        },
        cancel,
      };
    },
  };
}
