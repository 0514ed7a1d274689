import { Console } from 'node:console';
import { collectAtOnce } from './collect-at-once';
import { EXIT_CANCELLED } from './failure';
import { main } from './main';
import type { Terminal } from './terminal';

/** Width of a terminal that does not tell its own, or says 0. */
const USUAL_COLUMNS = 80;

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  errIsTty: process.stderr.isTTY,
  errColumns: process.stderr.columns || USUAL_COLUMNS,
  workingFolder: process.cwd(),
};

/** Runs the command line of this process and leaves its exit code. */
export async function start(): Promise<void> {
  collectAtOnce();
  // stdout belongs to the result: whatever a library logs goes to stderr.
  globalThis.console = new Console(process.stderr, process.stderr);
  const stop = new AbortController();
  process.on('SIGINT', () => {
    // A second Ctrl-C does not wait for anything to be put away.
    if (stop.signal.aborted) process.exit(EXIT_CANCELLED);
    stop.abort();
  });
  process.exitCode = await main(process.argv.slice(2), terminal, stop.signal);
}
