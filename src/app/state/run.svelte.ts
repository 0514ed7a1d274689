import { isAbort } from '../../errors';
import type { CropMap, JobProgress, JobRequest, MapPreview } from '../../job';
import { describeFailure, type Failure } from '../lib/failure';
import { runInWorkers } from '../lib/run-in-workers';
import { advanceStages, WAITING_STAGES, type StageView } from '../lib/stages';

/** Makes a map; rejects with a catalogue error or the signal's reason. */
export type Runner = (
  request: JobRequest,
  options: {
    readonly signal: AbortSignal;
    readonly onProgress: (progress: JobProgress) => void;
    readonly onPreview: (map: MapPreview) => void;
  },
) => Promise<CropMap>;

const CLOCK_MILLISECONDS = 250;

/** The one job that may run at a time. */
export class RunState {
  phase = $state<'idle' | 'running' | 'failed'>('idle');
  request = $state.raw<JobRequest | null>(null);
  stages = $state.raw<readonly StageView[]>(WAITING_STAGES);
  bytes = $state(0);
  requests = $state(0);
  /** What did not go as wished and is no failure, in words for people. */
  notices = $state.raw<readonly string[]>([]);
  /** The map so far, while one is made. */
  preview = $state.raw<MapPreview | null>(null);
  elapsedSeconds = $state(0);
  failure = $state.raw<Failure | null>(null);
  /** True from a cancel until the next start. */
  cancelled = $state(false);

  readonly #runner: Runner;
  #controller: AbortController | null = null;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** @returns the finished map; null where it was cancelled or failed (`failure` says why) */
  async start(request: JobRequest): Promise<CropMap | null> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.#reset(request);
    const stopClock = this.#startClock();
    try {
      // Reports of a cancelled run may still be on their way.
      const wanted = (): boolean => this.#controller === controller && !controller.signal.aborted;
      return await this.#runner(request, {
        signal: controller.signal,
        onProgress: (progress) => {
          if (wanted()) this.#take(progress);
        },
        onPreview: (map) => {
          if (wanted()) this.preview = map;
        },
      });
    } catch (error) {
      if (this.#controller === controller) this.#fail(error, controller.signal);
      return null;
    } finally {
      stopClock();
      if (this.#controller === controller) {
        this.#controller = null;
        this.preview = null;
        if (this.phase === 'running') this.phase = 'idle';
      }
    }
  }

  /** Gives the page back at once; the stages wind down behind it. */
  cancel(): void {
    this.#controller?.abort();
    this.#controller = null;
    this.preview = null;
    this.phase = 'idle';
    this.cancelled = true;
  }

  dismiss(): void {
    this.failure = null;
    this.phase = 'idle';
  }

  #reset(request: JobRequest): void {
    this.phase = 'running';
    this.request = request;
    this.stages = WAITING_STAGES;
    this.bytes = 0;
    this.requests = 0;
    this.notices = [];
    this.preview = null;
    this.failure = null;
    this.cancelled = false;
  }

  #take(progress: JobProgress): void {
    this.stages = advanceStages(this.stages, progress);
    this.bytes = progress.bytes;
    this.requests = progress.requests;
    this.notices = progress.notices ?? this.notices;
  }

  #fail(error: unknown, signal: AbortSignal): void {
    if (signal.aborted || isAbort(error)) {
      this.cancelled = true;
      this.phase = 'idle';
      return;
    }
    this.failure = describeFailure(error);
    this.phase = 'failed';
  }

  #startClock(): () => void {
    const begin = Date.now();
    this.elapsedSeconds = 0;
    const timer = setInterval(() => {
      this.elapsedSeconds = (Date.now() - begin) / 1000;
    }, CLOCK_MILLISECONDS);
    return () => clearInterval(timer);
  }
}

export const run = new RunState(runInWorkers);
