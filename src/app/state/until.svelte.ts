import { isAbort } from '../../errors';
import type { CropMap, JobProgress } from '../../job';
import { describeFailure, type Failure } from '../lib/failure';
import { drawUntilInWorkers } from '../lib/until-in-workers';
import { result, type ResultState } from './result.svelte';

/** Draws a finished map for an earlier day. */
export interface UntilDrawer {
  draw(
    map: CropMap,
    until: string,
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: JobProgress) => void },
  ): Promise<CropMap>;
  /** Frees what drawing needs; it may be used again. */
  close(): Promise<void>;
}

/** A day is drawn when the slider has rested on it for this long, milliseconds: those passed on the way are not. */
export const REST_MILLISECONDS = 250;

/** The day that the map on show stands for, and the way to another one. */
export class UntilState {
  /** YYYY-MM-DD; null for the map of all its dates. */
  wanted = $state<string | null>(null);
  /** Share of the drawing that is done, 0 to 1; null while none is under way. */
  share = $state<number | null>(null);
  failure = $state.raw<Failure | null>(null);

  readonly #result: ResultState;
  readonly #drawer: UntilDrawer;
  #stop: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(shown: ResultState, drawer: UntilDrawer) {
    this.#result = shown;
    this.#drawer = drawer;
  }

  /** Takes back a day that is not drawn yet; the map on show stays. */
  cancel(): void {
    this.#end();
    this.wanted = this.#result.map?.report.until ?? null;
  }

  /** Asks for the map until a day, or of all dates (null), which is there at once. */
  choose(until: string | null): void {
    this.#end();
    this.wanted = until;
    const { whole } = this.#result;
    if (whole === null) return;
    if (until === null) this.#result.exchange(whole);
    else if (until !== this.#result.map?.report.until) {
      this.share = 0;
      this.#timer = setTimeout(() => void this.#draw(whole, until), REST_MILLISECONDS);
    }
  }

  /** Forgets the map at hand and frees the workers. */
  async close(): Promise<void> {
    this.#end();
    this.wanted = null;
    await this.#drawer.close();
  }

  async #draw(whole: CropMap, until: string): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    const { signal } = stop;
    try {
      const drawn = await this.#drawer.draw(whole, until, {
        signal,
        onProgress: ({ done, total }) => {
          if (!signal.aborted && total > 0) this.share = done / total;
        },
      });
      if (signal.aborted) return;
      this.#result.exchange(drawn);
      this.#end();
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      this.cancel();
      this.failure = describeFailure(error);
    }
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#stop?.abort();
    this.#stop = null;
    this.share = null;
    this.failure = null;
  }
}

export const until = new UntilState(result, drawUntilInWorkers());
