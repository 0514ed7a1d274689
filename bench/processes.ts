import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Line, ReadTask, ReadTimes, ServerAnswer, ServerOrder } from './wire.ts';

/** The server in a process of its own. */
export interface BenchServer {
  readonly url: string;
  /** Changes the line and sets the counters to 0. */
  setLine(line: Line): Promise<void>;
  /** Requests for fixtures and bytes of bodies since the line was set. */
  count(): Promise<{ requests: number; bytes: number }>;
  stop(): void;
}

/** A reader in a process of its own. */
export interface Reader {
  read(task: ReadTask): Promise<ReadTimes>;
  stop(): Promise<void> | void;
}

/** Serves the fixtures under `/scenes/<date>/<asset>.tif` and the files of `page` under `/page/`. */
export async function startServer(fixtures: string, page: string): Promise<BenchServer> {
  const child = start('server.ts', [fixtures, page]);
  const { url } = (await answerOf(child)) as { url: string };
  const ask = async (order: ServerOrder): Promise<ServerAnswer> => {
    child.send(order);
    return answerOf(child);
  };
  return {
    url,
    setLine: async (line) => void (await ask({ kind: 'line', line })),
    count: async () => (await ask({ kind: 'count' })) as { requests: number; bytes: number },
    stop: () => child.disconnect(),
  };
}

/** The scenes of `season.ts` under `/<scene>/<asset>.tif` and the files of `page` under `/page/`, from another process. */
export async function startSceneServer(page = ''): Promise<{ readonly url: string; stop(): void }> {
  const child = start('scene-server.ts', [page]);
  const { url } = (await answerOf(child)) as { url: string };
  return { url, stop: () => child.disconnect() };
}

/** A Node process that reads with ours or with geotiff.js. */
export function startReader(): Reader {
  const child = start('readers/node-process.ts', []);
  return {
    async read(task) {
      child.send(task);
      return (await answerOf(child)) as ReadTimes;
    },
    stop: () => child.disconnect(),
  };
}

function start(script: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return fork(path, args, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const stop = new AbortController();
  const gone = once(child, 'exit', { signal: stop.signal }).then(() => {
    throw new Error('a process of the benchmark has ended');
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal: stop.signal }), gone])) as [T];
    return message;
  } finally {
    stop.abort();
    gone.catch(() => undefined);
  }
}
