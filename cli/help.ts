import { COMMANDS, COMMAND_NAMES, type CommandName, type OptionSpec } from './commands';

const INDENT = '  ';

/** Overview of all commands. */
export function overview(): string {
  const width = Math.max(...COMMAND_NAMES.map((name) => name.length));
  return [
    'Crop2Seg: crop maps from Sentinel-2 time series.',
    '',
    'Usage: crop2seg <command> [options]',
    '',
    ...COMMAND_NAMES.map((name) => `${INDENT}${name.padEnd(width)}  ${COMMANDS[name].summary}`),
    `${INDENT}${'help'.padEnd(width)}  this text; crop2seg <command> --help tells about one command`,
    '',
    `${INDENT}--version  version of the program`,
    '',
    'Exit codes: 0 done, 1 the work failed, 2 the arguments are wrong, 130 stopped with Ctrl-C.',
    '',
  ].join('\n');
}

/** Everything about one command. */
export function commandHelp(name: CommandName): string {
  const { summary, usage, options, notes, examples } = COMMANDS[name];
  const heads = options.map(optionHead);
  const width = Math.max(...heads.map((head) => head.length));
  return [
    `crop2seg ${name}: ${summary}`,
    '',
    `Usage: ${usage}`,
    '',
    'Options:',
    ...options.map((option, at) => `${INDENT}${heads[at].padEnd(width)}  ${option.help}`),
    '',
    ...notes,
    '',
    'Examples:',
    ...examples.map((example) => `${INDENT}${example}`),
    '',
  ].join('\n');
}

function optionHead({ name, value, short }: OptionSpec): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? long : `${long}, -${short}`;
}
