import { parseArgs } from 'node:util';
import { CropError } from '../src/errors';
import { COMMANDS, COMMAND_NAMES, GLOBAL_OPTIONS, type CommandName, type OptionSpec } from './commands';
import { suggestion } from './nearest';

/** Options of a command line by name; a switch that was given is present with an empty text. */
export type OptionValues = ReadonlyMap<string, string>;

/** What a command line asks for. */
export type Invocation =
  | { readonly kind: 'overview' }
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly command: CommandName }
  | { readonly kind: 'run'; readonly command: CommandName; readonly values: OptionValues };

/**
 * Reads a command line (without node and the program's name).
 * @throws cli/usage-* where it does not follow the table of commands
 */
export function parseCommandLine(argv: readonly string[]): Invocation {
  const [first, ...rest] = argv;
  if (first === '--version' || first === '-v') return { kind: 'version' };
  if (first === '--help' || first === '-h') return { kind: 'overview' };
  if (first === 'help')
    return rest[0] === undefined ? { kind: 'overview' } : { kind: 'help', command: commandOf(rest[0]) };
  if (first === undefined || first.startsWith('-')) {
    throw new CropError('cli/usage-no-command', { commands: COMMAND_NAMES.join(' | ') });
  }
  const command = commandOf(first);
  const values = optionValues(command, rest);
  return values.has('help') ? { kind: 'help', command } : { kind: 'run', command, values };
}

function commandOf(name: string): CommandName {
  const command = COMMAND_NAMES.find((known) => known === name);
  if (command !== undefined) return command;
  const commands = [...COMMAND_NAMES, 'help'];
  throw new CropError('cli/usage-unknown-command', {
    name,
    suggestion: suggestion(name, commands),
    commands: commands.join(', '),
  });
}

function optionValues(command: CommandName, args: readonly string[]): OptionValues {
  const { options } = COMMANDS[command];
  // parseArgs splits; the checks are here because its own messages know neither our table nor a next step.
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(options.map((option) => [option.name, parserEntry(option)])),
  });
  const given = tokens.filter((token) => token.kind === 'option');
  for (const token of given) {
    if (!options.some(({ name }) => name === token.name)) throw unknownOption(command, token.rawName);
  }
  for (const token of tokens) {
    if (token.kind === 'positional') throw new CropError('cli/usage-unexpected-argument', { value: token.value });
  }
  return new Map(
    given.map((token) => {
      const option = options.find(({ name }) => name === token.name) as OptionSpec;
      return [token.name, valueOf(option, token.value, token.inlineValue === true)];
    }),
  );
}

function parserEntry({ value, short }: OptionSpec): { type: 'string' | 'boolean'; short?: string } {
  return { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) };
}

function valueOf({ name, value: placeholder }: OptionSpec, value: string | undefined, inline: boolean): string {
  if (placeholder === undefined) {
    if (value !== undefined) throw new CropError('cli/usage-needless-value', { name: `--${name}` });
    return '';
  }
  // `--out --json` means that the folder was forgotten; a single dash may begin a western longitude.
  if (value === undefined || value === '' || (!inline && value.startsWith('--'))) {
    throw new CropError('cli/usage-missing-value', { name: `--${name}`, placeholder });
  }
  return value;
}

function unknownOption(command: CommandName, rawName: string): CropError {
  const names = COMMANDS[command].options.map(({ name }) => `--${name}`);
  return new CropError('cli/usage-unknown-option', { name: rawName, command, suggestion: suggestion(rawName, names) });
}

/** Whether the answer must be JSON: asked before parsing, because a command line that cannot be parsed needs it too. */
export function wantsJson(argv: readonly string[]): boolean {
  return argv.includes(`--${GLOBAL_OPTIONS[0].name}`);
}
