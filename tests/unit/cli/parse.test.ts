import { describe, expect, it } from 'vitest';
import { COMMANDS, COMMAND_NAMES } from '../../../cli/commands';
import { commandHelp, overview } from '../../../cli/help';
import { editDistance, nearest } from '../../../cli/nearest';
import { parseCommandLine } from '../../../cli/parse';
import { isCropError } from '../../../src/errors';

function failure(argv: string[]): { code: string; message: string; nextStep: string } {
  try {
    parseCommandLine(argv);
  } catch (error) {
    if (isCropError(error)) return { code: error.code, message: error.message, nextStep: error.nextStep };
  }
  throw new Error(`accepted: ${argv.join(' ')}`);
}

function valuesOf(argv: string[]): Record<string, string> {
  const invocation = parseCommandLine(argv);
  return invocation.kind === 'run' ? Object.fromEntries(invocation.values) : {};
}

describe('parseCommandLine', () => {
  it('takes values behind a blank or an equals sign, and switches alone', () => {
    expect(valuesOf(['map', '--season', '2018', '--out=result', '--json', '-q'])).toEqual({
      season: '2018',
      out: 'result',
      json: '',
      quiet: '',
    });
  });

  it('takes a box that begins in the west', () => {
    expect(valuesOf(['search', '--bbox', '-3.5,50,-3.4,50.1'])).toEqual({ bbox: '-3.5,50,-3.4,50.1' });
  });

  it('knows help, version and the help of a command in each place', () => {
    expect(parseCommandLine(['help'])).toEqual({ kind: 'overview' });
    expect(parseCommandLine(['--help'])).toEqual({ kind: 'overview' });
    expect(parseCommandLine(['--version'])).toEqual({ kind: 'version' });
    expect(parseCommandLine(['help', 'map'])).toEqual({ kind: 'help', command: 'map' });
    expect(parseCommandLine(['evaluate', '--map', 'x', '--help'])).toEqual({ kind: 'help', command: 'evaluate' });
  });

  it.each([
    [[], 'cli/usage-no-command', 'map | search | series | evaluate'],
    [['--season', '2018'], 'cli/usage-no-command', 'map'],
    [['mpa'], 'cli/usage-unknown-command', 'Did you mean map?'],
    [['map', '--sesaon', '2018'], 'cli/usage-unknown-option', 'Did you mean --season?'],
    [['map', '--seasons=2018'], 'cli/usage-unknown-option', 'Did you mean --season?'],
    [['evaluate', '--zzzzzzzz'], 'cli/usage-unknown-option', 'All options: crop2seg evaluate --help.'],
    [['evaluate', '--season', '2018'], 'cli/usage-unknown-option', 'All options: crop2seg evaluate --help.'],
    [['map', '-x'], 'cli/usage-unknown-option', 'All options'],
    [['map', 'folder'], 'cli/usage-unexpected-argument', '--out folder'],
    [['map', '--out'], 'cli/usage-missing-value', 'Write --out DIR.'],
    [['map', '--out='], 'cli/usage-missing-value', 'Write --out DIR.'],
    [['map', '--out', '--json'], 'cli/usage-missing-value', 'Write --out DIR.'],
    [['map', '--json=yes'], 'cli/usage-needless-value', 'Write --json alone.'],
  ])('refuses %j', (argv, code, nextStep) => {
    const error = failure(argv);
    expect(error.code).toBe(code);
    expect(error.nextStep).toContain(nextStep);
    expect(`${error.message}${error.nextStep}`).not.toMatch(/[{}?]\?|\{/);
  });
});

describe('help', () => {
  it('tells about every option of every command, with examples that can be parsed', () => {
    for (const name of COMMAND_NAMES) {
      const text = commandHelp(name);
      for (const option of COMMANDS[name].options) expect(text).toContain(`--${option.name}`);
      for (const example of COMMANDS[name].examples) {
        expect(text).toContain(example);
        expect(parseCommandLine(example.split(' ').slice(1)).kind).toBe('run');
      }
      expect(overview()).toContain(COMMANDS[name].summary);
    }
  });
});

describe('nearest', () => {
  it('counts swaps of neighbours as one edit', () => {
    expect(editDistance('sesaon', 'season')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
  });

  it('suggests only what resembles the word', () => {
    expect(nearest('--treads', ['--threads', '--to'])).toBe('--threads');
    expect(nearest('--frobnicate', ['--threads', '--to'])).toBeNull();
  });
});
