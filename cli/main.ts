import { readFile } from 'node:fs/promises';
import { redactText } from '../src/errors';
import type { CommandName } from './commands';
import { EXIT_DONE, reportFailure } from './failure';
import { commandHelp, overview } from './help';
import { parseCommandLine, wantsJson, type OptionValues } from './parse';
import type { CommandContext, Terminal } from './terminal';

type Command = (values: OptionValues, context: CommandContext) => Promise<void>;

/** Loaded on demand: help and mistakes must not wait for decoders and networks. */
const LOAD: Readonly<Record<CommandName, () => Promise<Command>>> = {
  map: async () => (await import('./map')).map,
  search: async () => (await import('./search')).search,
  series: async () => (await import('./series')).series,
  evaluate: async () => (await import('./evaluate')).evaluate,
};

/**
 * Runs one command line and never rejects: whatever goes wrong is told on the terminal.
 * @param argv arguments without node and the program's name
 * @returns the exit code: 0 done, 1 failed, 2 bad arguments, 130 cancelled
 */
export async function main(argv: readonly string[], outer: Terminal, signal: AbortSignal): Promise<number> {
  const terminal = withoutSecrets(outer);
  const json = wantsJson(argv);
  try {
    const invocation = parseCommandLine(argv);
    switch (invocation.kind) {
      case 'version':
        terminal.out(`${await version()}\n`);
        break;
      case 'overview':
        terminal.out(overview());
        break;
      case 'help':
        terminal.out(commandHelp(invocation.command));
        break;
      case 'run': {
        const command = await LOAD[invocation.command]();
        await command(invocation.values, { terminal, signal, json, quiet: invocation.values.has('quiet') });
      }
    }
    return EXIT_DONE;
  } catch (error) {
    return reportFailure(error, terminal, json);
  }
}

/** Whatever is printed, by whichever command: no address in it shows a key. */
function withoutSecrets(terminal: Terminal): Terminal {
  return {
    ...terminal,
    out: (text) => terminal.out(redactText(text)),
    err: (text) => terminal.err(redactText(text)),
  };
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
