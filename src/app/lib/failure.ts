import { isCropError, redactText } from '../../errors';
import { t } from '../strings';

/** A failed run as people see it. */
export interface Failure {
  readonly message: string;
  readonly nextStep: string;
  /** Catalogue code, or the error's name where it is none of ours. */
  readonly code: string;
  /** The chain of causes, outermost first. */
  readonly causes: readonly string[];
  /** Scene that could not be read, where the error names one: a retry may leave it out. */
  readonly scene: string | null;
}

/** A chain longer than this is a loop. */
const MAX_CAUSES = 6;

export function describeFailure(error: unknown): Failure {
  const causes = causesOf(error);
  if (isCropError(error)) {
    const { scene } = error.details;
    return {
      message: error.message,
      nextStep: error.nextStep,
      code: error.code,
      causes,
      scene: typeof scene === 'string' ? scene : null,
    };
  }
  const known = error instanceof Error ? error : new Error(String(error));
  return { message: redactText(known.message), nextStep: t.failure.unknownNext, code: known.name, causes, scene: null };
}

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && cause !== null && causes.length < MAX_CAUSES) {
    causes.push(describeCause(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

/** With the code of the catalogue where it has one: that is what a search for help needs. */
function describeCause(cause: unknown): string {
  if (isCropError(cause)) return `${cause.code}: ${cause.message}`;
  return redactText(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
}
