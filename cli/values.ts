import { CropError } from '../src/errors';
import { COMMANDS, type CommandName } from './commands';
import type { OptionValues } from './parse';

/** A value that is there, or the error that says how to give it. */
export function required(values: OptionValues, command: CommandName, name: string): string {
  const value = values.get(name);
  if (value !== undefined) return value;
  const placeholder = COMMANDS[command].options.find((option) => option.name === name)?.value ?? '';
  throw new CropError('cli/usage-missing-option', { command, name: `--${name}`, placeholder });
}

/** A whole number within bounds (inclusive), or undefined where the option was not given. */
export function wholeNumber(values: OptionValues, name: string, from: number, to: number): number | undefined {
  const value = values.get(name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= from && number <= to) return number;
  throw badValue(name, value, 'it is not a whole number in bounds', `a whole number from ${from} to ${to}`);
}

export function badValue(name: string, value: string, reason: string, expected: string): CropError {
  return new CropError('cli/usage-bad-value', { name: `--${name}`, value, reason, expected });
}

/** @throws cli/usage-conflict where more than one of the names was given */
export function atMostOne(values: OptionValues, names: readonly string[]): void {
  const [first, second] = names.filter((name) => values.has(name));
  if (second !== undefined) throw new CropError('cli/usage-conflict', { first: `--${first}`, second: `--${second}` });
}
