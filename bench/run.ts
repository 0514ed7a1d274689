/**
 * Benchmarks with one JSON object as their answer, the last line of the output.
 *
 *   npm run bench -- read --json      one cell-date, ours against geotiff.js and GDAL
 *   npm run bench -- grow --json      ours with 1, 4, 16 cells and 1, 10, 40 dates
 *   npm run bench -- infer --json     one patch through each network on each backend, against PyTorch
 *       --models timeunet,timeunet-lite   these alone; --dates 30   seasons of so many dates alone
 *   npm run bench -- card --json      one date in the encoder, the runtime's and ours, on the graphics card at hand
 *   npm run bench -- infer-grow --json  one network with 10 to 60 dates and 1 to 81 tiles, in Chromium
 *   npm run bench -- cell --json      a whole cell in Chromium from cached bands, with the default network
 *       --models timeunet                 or with this one
 *   npm run bench -- plot             draws docs/performance.json and docs/inference-growth.json
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchCard } from './card.ts';
import { benchGrow } from './grow.ts';
import { benchInfer } from './infer.ts';
import { benchInferGrow } from './infer-grow.ts';
import { plot } from './plot.ts';
import { benchRead } from './read.ts';
import { benchCell } from './whole-cell.ts';

const CACHE = fileURLToPath(new URL('../.cache/bench', import.meta.url));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, models: { type: 'string' }, dates: { type: 'string' } },
});
const [what] = positionals;
const quiet = values.json === true;
const log = (line: string): void => {
  if (!quiet) console.error(line);
};

const benchmarks: Readonly<Record<string, (...args: Parameters<typeof benchRead>) => Promise<unknown>>> = {
  read: benchRead,
  grow: benchGrow,
  infer: (cache, tell) =>
    benchInfer(cache, tell, {
      ...(values.dates !== undefined && { dates: values.dates.split(',').map(Number) }),
      ...(values.models !== undefined && { models: values.models.split(',') }),
    }),
  card: benchCard,
  'infer-grow': benchInferGrow,
  cell: (cache, tell) => benchCell(cache, tell, values.models),
  plot,
};
const benchmark = benchmarks[what ?? ''];
if (benchmark === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(benchmarks).join('|')} [--json]`);
  console.error('       npm run bench -- infer [--json] [--models NAME,...] [--dates COUNT,...]');
  console.error('       npm run bench -- cell [--json] [--models NAME]');
  process.exit(2);
}
const result = await benchmark(CACHE, log);
console.log(quiet ? JSON.stringify(result) : JSON.stringify(result, null, 2));
