import { isCropError } from '../errors';

/** Attempts after the first one. Three cover a host's hiccup of a few seconds; more would only hide a dead host. */
export const RETRIES = 3;

/** First wait, milliseconds; doubled each time, so three retries span about 3.5 s. */
export const FIRST_WAIT_MS = 500;

/** A server that asks for a longer wait is not waited for: people decide themselves when to come back. */
export const LONGEST_WAIT_MS = 30_000;

/** Too many requests, and the answers of overloaded servers and gateways (S3 says 503 for "slow down"). */
const TRANSIENT_STATUSES: readonly number[] = [429, 500, 502, 503, 504];

const TRANSIENT_CODES = ['net/unreachable', 'net/short-body'] as const;

/** What retrying needs of the outside world; tests put in their own. */
export interface RetryClock {
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Retries of a whole transport: a bucket that each retry takes from and each success refills a little. A host with
 * hiccups is waited for; where most requests fail, the rest of a run does not knock four times each.
 */
export interface RetryBudget {
  /** Whether one more retry is allowed; takes it. */
  take(): boolean;
  /** A request has succeeded. */
  refill(): void;
}

/** Retries in a full bucket: every request of six connections may fail all its retries twice over. */
export const BUDGET_RETRIES = 40;

/** Successes that earn one retry: with every tenth request failing once, the bucket never empties. */
const SUCCESSES_PER_RETRY = 10;

/** Time that earns one retry, milliseconds: a run that begins a minute after a dead one is not punished for it. */
const MS_PER_RETRY = 2000;

export function createRetryBudget(now: () => number = () => performance.now()): RetryBudget {
  let left = BUDGET_RETRIES;
  let lastTake = now();
  return {
    take() {
      left = Math.min(BUDGET_RETRIES, left + (now() - lastTake) / MS_PER_RETRY);
      lastTake = now();
      if (left < 1) return false;
      left -= 1;
      return true;
    },
    refill() {
      left = Math.min(BUDGET_RETRIES, left + 1 / SUCCESSES_PER_RETRY);
    },
  };
}

/**
 * Runs `attempt` until it succeeds, fails for good, or the retries (its own, or those of the budget) are spent; then
 * rejects with its last error.
 * Waits grow exponentially with jitter, or are what the server asked for in Retry-After.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  clock: RetryClock,
  budget: RetryBudget,
  signal: AbortSignal,
): Promise<T> {
  for (let retry = 0; ; retry++) {
    try {
      const result = await attempt();
      budget.refill();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (retry === RETRIES || !isTransient(error)) throw error;
      const asked = askedWaitMs(error);
      if (asked !== null && asked > LONGEST_WAIT_MS) throw error;
      if (!budget.take()) throw error;
      // Half of the wait is random, so that six requests refused together do not come back together.
      await clock.sleep(asked ?? FIRST_WAIT_MS * 2 ** retry * (0.5 + clock.random() / 2), signal);
    }
  }
}

function isTransient(error: unknown): boolean {
  if (TRANSIENT_CODES.some((code) => isCropError(error, code))) return true;
  return isCropError(error, 'net/status') && TRANSIENT_STATUSES.includes(Number(error.details['status']));
}

function askedWaitMs(error: unknown): number | null {
  const seconds = isCropError(error) ? error.details['retryAfterSeconds'] : undefined;
  return seconds === undefined ? null : Number(seconds) * 1000;
}

/** Seconds of a Retry-After header, which is a number or a date (RFC 9110, section 10.2.3); null where unreadable. */
export function retryAfterSeconds(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = /^\s*\d+\s*$/.test(header) ? Number(header) : (parseHttpDate(header) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

/** HTTP dates are GMT (RFC 9110, section 5.6.7), also where a server forgets to say so; milliseconds, NaN if none. */
function parseHttpDate(text: string): number {
  return Date.parse(/(?:GMT|UTC|Z|[+-]\d{2}:?\d{2})\s*$/i.test(text) ? text : `${text} GMT`);
}
