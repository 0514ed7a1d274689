import { onAbort } from './on-abort';

/** A signal that follows another one and also fires when nothing was heard for a while. */
export interface Watchdog {
  readonly signal: AbortSignal;
  /** Something was heard: the time starts again. */
  feed(): void;
  /** Must be called when the work is over. */
  stop(): void;
}

/** Watches work that should be heard of at least every `silenceMs` milliseconds. */
export function createWatchdog(outer: AbortSignal, silenceMs: number): Watchdog {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer.reason);
  const bark = (): void => controller.abort(new DOMException('No data for too long', 'TimeoutError'));
  let timer = setTimeout(bark, silenceMs);
  if (outer.aborted) follow();
  const letGo = onAbort(outer, follow);
  return {
    signal: controller.signal,
    feed() {
      clearTimeout(timer);
      timer = setTimeout(bark, silenceMs);
    },
    stop() {
      clearTimeout(timer);
      letGo();
    },
  };
}
