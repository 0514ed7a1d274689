import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** A browser that does what the DevTools protocol asks of it and nothing else. */
export interface PipedBrowser {
  /** A command of the protocol to the browser, or to the page where `session` names one. Rejects with what it answers. */
  send(method: string, params?: object, session?: string): Promise<unknown>;
  /** Ends the browser and removes its profile. */
  stop(): Promise<void>;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Messages on the pipe end with this character (`--remote-debugging-pipe`). */
const END = '\0';

/**
 * Starts a headless Chromium with a profile of its own. A test driver watches the network of every page, so the browser
 * copies each body for it and tells it of each piece; that is work which nobody else's browser does, and which here
 * would be counted as the reader's.
 */
export function startPiped(executable: string, args: readonly string[]): PipedBrowser {
  const profile = mkdtempSync(join(tmpdir(), 'crop2seg-bench-'));
  const flags = ['--headless=new', '--no-first-run', '--remote-debugging-pipe', `--user-data-dir=${profile}`];
  const child = spawn(executable, [...flags, ...args, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const gone = once(child, 'exit');
  const orders = child.stdio[3] as Writable;
  const answers = child.stdio[4] as Readable;
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let text = '';

  answers.setEncoding('utf8').on('data', (part: string) => {
    const messages = (text + part).split(END);
    text = messages.pop() ?? '';
    for (const message of messages) settle(JSON.parse(message) as Answer);
  });

  function settle({ id = 0, result, error }: Answer): void {
    const order = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) order?.resolve(result);
    else order?.reject(new Error(error.message));
  }

  return {
    send(method, params = {}, session) {
      const id = ++last;
      const target = session === undefined ? {} : { sessionId: session };
      orders.write(JSON.stringify({ id, method, params, ...target }) + END);
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    async stop() {
      child.kill();
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
