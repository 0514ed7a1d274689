import { CropError, isAbort, isCropError } from '../src/errors';
import type { Terminal } from './terminal';

export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
export const EXIT_BAD_ARGUMENTS = 2;
/** 128 + SIGINT, as shells report it. */
export const EXIT_CANCELLED = 130;

/** Codes, by how they begin, that can only come from what was typed: names, places, seasons, months. */
const BAD_ARGUMENTS = ['cli/usage-', 'geo/', 'catalog/bad-season', 'catalog/bad-months', 'catalog/bad-range'] as const;

/** Tells what went wrong and what to do next; as the one JSON object on stdout too where that was asked for. */
export function reportFailure(thrown: unknown, terminal: Terminal, json: boolean): number {
  const error = known(thrown);
  const { code, message, nextStep } = error;
  terminal.err(`error ${code}: ${message}\n`);
  for (const line of causes(error)) terminal.err(`  because: ${line}\n`);
  terminal.err(`next step: ${nextStep}\n`);
  if (json) terminal.out(`${JSON.stringify({ error: { code, message, nextStep } })}\n`);
  return exitCode(error);
}

function known(thrown: unknown): CropError {
  if (isCropError(thrown)) return thrown;
  if (isAbort(thrown)) return new CropError('cli/cancelled');
  return new CropError('cli/unexpected', { reason: thrown instanceof Error ? thrown.message : String(thrown) }, thrown);
}

/** Messages of the causes, outermost first; of an error without a name also where it was thrown. */
function causes(error: CropError): string[] {
  const lines: string[] = [];
  for (let cause = error.cause; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined) {
    if (cause instanceof Error && error.code === 'cli/unexpected') lines.push(cause.stack ?? cause.message);
    else lines.push(cause instanceof Error ? cause.message : String(cause));
  }
  return lines;
}

function exitCode({ code }: CropError): number {
  if (code === 'cli/cancelled') return EXIT_CANCELLED;
  return BAD_ARGUMENTS.some((start) => code.startsWith(start)) ? EXIT_BAD_ARGUMENTS : EXIT_FAILED;
}
