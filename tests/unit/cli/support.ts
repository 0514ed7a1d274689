import type { CommandContext, Terminal } from '../../../cli/terminal';

export interface BufferTerminal extends Terminal {
  /** Everything written so far. */
  stdout(): string;
  stderr(): string;
}

/** A terminal that remembers. */
export function bufferTerminal(options: Partial<Pick<Terminal, 'errIsTty' | 'workingFolder'>> = {}): BufferTerminal {
  let [stdout, stderr] = ['', ''];
  return {
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    errIsTty: false,
    errColumns: 40,
    workingFolder: '/',
    ...options,
    stdout: () => stdout,
    stderr: () => stderr,
  };
}

export function commandContext(terminal: Terminal): CommandContext {
  return { terminal, signal: new AbortController().signal, json: false, quiet: false };
}

/** The error of a promise or function that must fail. */
export async function rejection(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('did not fail');
}
