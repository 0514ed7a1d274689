import { CATALOGUE, type ErrorCode } from './catalogue';
import type { ErrorEntry } from './entry';
import { redactAddress, redactText } from './redact';

/** Values that fill the `{name}` places of a catalogue text. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/**
 * An error of the catalogue: a code, what happened, what to do next, the cause kept.
 * Test for one with `isCropError(error, code?)`, never with instanceof: errors cross worker boundaries.
 */
export class CropError extends Error {
  override readonly name = 'CropError';
  /** As given, but no address among them shows its query or a password. */
  readonly details: ErrorDetails;

  constructor(
    readonly code: ErrorCode,
    details: ErrorDetails = {},
    cause?: unknown,
  ) {
    const shown = withoutSecrets(details);
    super(fill((CATALOGUE[code] as ErrorEntry).message, shown), cause === undefined ? undefined : { cause });
    this.details = shown;
  }

  /** What to do next, one or two sentences for people. */
  get nextStep(): string {
    return fill((CATALOGUE[this.code] as ErrorEntry).nextStep, this.details);
  }
}

/** Whether a value is an error of the catalogue, of the given code where one is named. */
export function isCropError(error: unknown, code?: ErrorCode): error is CropError {
  return (
    error instanceof Error && error.name === 'CropError' && (code === undefined || (error as CropError).code === code)
  );
}

/** Whether a rejection means that somebody cancelled, not that something failed. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function withoutSecrets(details: ErrorDetails): ErrorDetails {
  const shown = Object.entries(details).map(([name, value]) => {
    if (typeof value !== 'string') return [name, value];
    return [name, name === 'url' ? redactAddress(value) : redactText(value)];
  });
  return Object.fromEntries(shown) as ErrorDetails;
}

function fill(text: string, details: ErrorDetails): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '?'));
}
