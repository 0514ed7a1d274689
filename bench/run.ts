/**
 * Benchmarks with one JSON object as their answer, the last line of the output.
 *
 *   npm run bench -- read --json      one cell-date, ours against geotiff.js and GDAL
 *   npm run bench -- grow --json      ours with 1, 4, 16 cells and 1, 10, 40 dates
 *   npm run bench -- infer --json     one patch through each network on each backend, against PyTorch
 *   npm run bench -- card --json      one date in the encoder, the runtime's and ours, on the graphics card at hand
 *   npm run bench -- infer-grow --json  one network with 10 to 60 dates and 1 to 81 tiles, in Chromium
 *   npm run bench -- cell --json      a whole cell in Chromium from cached bands, with a network
 *   npm run bench -- plot             draws docs/performance.json and docs/inference-growth.json
 */
import { fileURLToPath } from 'node:url';
import { benchCard } from './card.ts';
import { benchGrow } from './grow.ts';
import { benchInfer } from './infer.ts';
import { benchInferGrow } from './infer-grow.ts';
import { plot } from './plot.ts';
import { benchRead } from './read.ts';
import { benchCell } from './whole-cell.ts';

const CACHE = fileURLToPath(new URL('../.cache/bench', import.meta.url));
const [what, ...flags] = process.argv.slice(2);
const quiet = flags.includes('--json');
const log = (line: string): void => {
  if (!quiet) console.error(line);
};

const benchmarks: Readonly<Record<string, typeof benchRead>> = {
  read: benchRead,
  grow: benchGrow,
  infer: benchInfer,
  card: benchCard,
  'infer-grow': benchInferGrow,
  cell: benchCell,
  plot,
};
const benchmark = benchmarks[what ?? ''];
if (benchmark === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(benchmarks).join('|')} [--json]`);
  process.exit(2);
}
const result = await benchmark(CACHE, log);
console.log(quiet ? JSON.stringify(result) : JSON.stringify(result, null, 2));
