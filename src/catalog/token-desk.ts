import * as v from 'valibot';
import { CropError } from '../errors';
import { type Transport, untilAborted } from '../net';
import type { SignedStore } from './sources';
import { parseUtc } from './time';

/** Hands out the token of one store; all who ask at once wait for one request. */
export interface TokenDesk {
  readonly store: SignedStore;
  /**
   * A token that is good for a while yet.
   * @throws CropError `catalog/no-token`, `net/*`; the signal's reason
   */
  token(signal: AbortSignal): Promise<string>;
  /** The store did not take this token: the next one asked for is a new one. */
  refuse(token: string): void;
}

/** A token this near its end is renewed, milliseconds: a scene that has begun with it should end with it. */
const RENEW_BEFORE_MS = 5 * 60_000;

const ANSWER = v.object({
  token: v.pipe(v.string(), v.minLength(1)),
  'msft:expiry': v.pipe(v.string(), v.isoTimestamp()),
});

interface Grant {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export function createTokenDesk(store: SignedStore, transport: Transport, now: () => number): TokenDesk {
  let grant: Grant | null = null;
  let asking: Promise<Grant> | null = null;

  async function ask(): Promise<Grant> {
    // Nobody's signal: the token serves all who wait, and one who leaves must not take it from the others.
    const answer = await transport.readJson(store.tokenUrl, new AbortController().signal);
    const parsed = v.safeParse(ANSWER, answer);
    if (!parsed.success) {
      throw new CropError('catalog/no-token', { host: new URL(store.prefix).host, url: store.tokenUrl });
    }
    return { token: parsed.output.token, expires: parseUtc(parsed.output['msft:expiry'])! };
  }

  function renew(): Promise<Grant> {
    asking ??= ask()
      .then((fresh) => (grant = fresh))
      .finally(() => {
        asking = null;
      });
    return asking;
  }

  return {
    store,
    async token(signal) {
      signal.throwIfAborted();
      if (grant !== null && grant.expires - now() > RENEW_BEFORE_MS) return grant.token;
      return (await untilAborted(renew(), signal)).token;
    },
    refuse(token) {
      if (grant?.token === token) grant = null;
    },
  };
}
