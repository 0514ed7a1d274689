import type { JobProgress } from '../src/job';
import type { Terminal } from './terminal';

const BYTES_PER_MEGABYTE = 1e6;
/** Erases the line and goes back to its start (ECMA-48: EL, CR). */
const REWRITE = '\r\u001b[2K';

export interface ProgressLine {
  show(progress: JobProgress): void;
  /** Leaves the cursor on a fresh line. */
  end(): void;
}

/** In a log file a stage gets a line each time another tenth of it is done. */
const STEPS_PER_STAGE = 10;

/** Progress on stderr: one line that is rewritten on a terminal; elsewhere, as in a log file, a few lines per stage. */
export function createProgressLine(terminal: Terminal, quiet: boolean): ProgressLine {
  const told = new Set<string>();
  let lastStep = '';
  let open = false;

  /** Notices on lines of their own, each once. */
  function tell(notices: readonly string[]): void {
    for (const notice of notices.filter((one) => !told.has(one))) {
      told.add(notice);
      terminal.err(`${open ? REWRITE : ''}note: ${notice}\n`);
      open = false;
    }
  }

  return {
    show(progress) {
      if (quiet) return;
      tell(progress.notices ?? []);
      const text = progressText(progress);
      if (terminal.errIsTty) {
        terminal.err(REWRITE + text.slice(0, terminal.errColumns - 1));
        open = true;
        return;
      }
      const step = `${progress.stage} ${Math.floor((STEPS_PER_STAGE * progress.done) / progress.total)}`;
      if (step !== lastStep) terminal.err(`${text}\n`);
      lastStep = step;
    },
    end() {
      if (open) terminal.err('\n');
      open = false;
    },
  };
}

/** `read: 12 of 48 dates read, last 2018-05-06 (3.1 MB, 140 requests)`. */
function progressText({ stage, note, bytes, requests }: JobProgress): string {
  if (requests === 0) return `${stage}: ${note}`;
  return `${stage}: ${note} (${(bytes / BYTES_PER_MEGABYTE).toFixed(1)} MB, ${requests} requests)`;
}
