import type { PageState } from './watch-report.ts';

/** How often the page is asked where it is, milliseconds. */
const ASK_MS = 5000;

/** A run whose note stays the same for this long will not go on, milliseconds; a date takes one or two seconds. */
const STUCK_MS = 60_000;

/**
 * The outcome of a run in a page, or an error that says where it stopped. Tells the way on standard error.
 * @param ask where the run is; not answered within the time above counts as stuck too
 */
export function unlessStuck<T>(run: Promise<T>, ask: () => Promise<PageState>): Promise<T> {
  let last: PageState | null = null;
  let moved = Date.now();
  const stuck = new Promise<never>((_, reject) => {
    const timer = setInterval(() => {
      if (Date.now() - moved > STUCK_MS) reject(new Error(`the run is stuck: ${describe(last)}`));
      ask().then(
        (state) => {
          if (state.note !== last?.note) moved = Date.now();
          last = state;
          console.error(describe(state));
        },
        // A page that is closing or gone does not answer; nor does a stuck one, and the time above tells.
        () => undefined,
      );
    }, ASK_MS);
    const stop = (): void => clearInterval(timer);
    run.then(stop, stop);
  });
  return Promise.race([run, stuck]);
}

function describe(state: PageState | null): string {
  if (state === null) return 'the page has not answered';
  const { stage, note, worker, secondsSinceReport, storedBytes } = state;
  const waits = (worker?.waiting ?? []).map(
    ({ name, count, oldestSeconds }) => `${count} ${name} (${oldestSeconds} s)`,
  );
  const silent = secondsSinceReport > 3 ? `; worker silent for ${secondsSinceReport} s` : '';
  return `${stage}: ${note}; ${Math.round(storedBytes / 1e6)} MB kept; waits for ${waits.join(', ') || 'nothing'}${silent}`;
}
