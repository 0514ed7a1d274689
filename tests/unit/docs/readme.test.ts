import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const README = readFileSync(resolve(ROOT, 'README.md'), 'utf8');

interface Measured {
  readonly dataset: string;
  readonly region: string;
  readonly overallAccuracy: number;
}

/** Column of README's table -> what the card calls it. */
const COLUMNS: readonly (readonly [dataset: string, region: string])[] = [
  ['Flanders 2018', 'crop pixels'],
  ['Flanders 2018', 'all pixels'],
  ['parcels-held-out', 'crop pixels'],
  ['Sample of the page', 'all pixels'],
  ['perturbed', 'all labelled pixels'],
];

describe('the table of README', () => {
  it.each([
    ['Time-Unet lite (the default)', 'timeunet-lite'],
    ['Time-Unet', 'timeunet'],
    ['W-TAE', 'wtae'],
  ])('gives the figures of the card of %s', (title, name) => {
    const row = README.split('\n').find((line) => line.trim().startsWith(`| ${title} |`));
    const cells = row!.split('|').slice(2, 2 + COLUMNS.length);
    const card = JSON.parse(readFileSync(resolve(ROOT, 'models/zoo', name, 'model.json'), 'utf8')) as {
      accuracy: Measured[];
    };
    const expected = COLUMNS.map(([dataset, region]) => {
      const entry = card.accuracy.find((one) => one.dataset === dataset && one.region === region);
      return `${Math.round(entry!.overallAccuracy * 100)} %`;
    });
    expect(cells.map((cell) => cell.trim())).toEqual(expected);
  });
});
