import { spawnSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { findPython, PYTHON_PATH } from '../scripts/python.mjs';
import { serveFolder } from '../scripts/static-server.mjs';
import { parseCard } from '../src/segment';
import { buildInferPage, CARD_ARGS, CHROMIUM, CHROMIUM_ARGS } from './chromium.ts';
import { type BenchModel, prepareModels } from './infer/models.ts';
import { type Patch, PATCH_SIZE, writePatch } from './infer/patch.ts';
import type { PatchTask, PatchTimes } from './infer/wire.ts';

const DATES = [30, 60];
/** The main run; others go under keys of their own, such as `models60`. */
const MAIN_DATES = 30;
const THREADS = 2;
const ROUNDS = 3;
const PLACES = 1000;

const NOT_ON_A_CARD = ['kernels/fp32', 'wasm/int8', 'wasm/fp32'];
const OFF_THE_CARD = ['webgpu/fp16', 'webgpu/fp32', 'webgpu-kernels/fp32'];
/** What browsers can do besides what they would choose, to see what the choice is worth. */
const BROWSER_ROWS: Readonly<Record<string, Pick<PatchTask, 'processors' | 'avoid'>>> = {
  wasm2: { processors: 2, avoid: OFF_THE_CARD },
  wasm1: { processors: 1, avoid: OFF_THE_CARD },
  'wasm2-runtime-int8': { processors: 2, avoid: [...OFF_THE_CARD, 'kernels/fp32', 'wasm/fp32'] },
  'wasm2-runtime-fp32': { processors: 2, avoid: [...OFF_THE_CARD, 'kernels/fp32', 'wasm/int8'] },
  // Left out where there is no card; one in software does not count.
  webgpu: { processors: 2, avoid: NOT_ON_A_CARD },
  'webgpu-runtime': { processors: 2, avoid: [...NOT_ON_A_CARD, 'webgpu-kernels/fp32'] },
};

/** The same in Node: what the command line would choose, and the native runtime alone. */
const NODE_ROWS: Readonly<Record<string, Pick<PatchTask, 'avoid'>>> = {
  node: { avoid: [] },
  'node-runtime': { avoid: ['kernels/fp32'] },
};

type Rows = Record<string, PatchTimes>;

interface Torch {
  readonly torch: string;
  readonly models: Readonly<Record<string, { readonly asWritten: number; readonly noDummy: number }>>;
}

/** What is measured, all of it where left out: models by name, and the dates of a season. */
export interface InferChoice {
  readonly models?: readonly string[];
  readonly dates?: readonly number[];
}

/** One patch through each network: Chromium and Node against PyTorch, in one run. */
export async function benchInfer(
  cache: string,
  log: (line: string) => void,
  { models: names, dates: seasons = DATES }: InferChoice = {},
): Promise<Record<string, unknown>> {
  const folder = join(cache, 'infer');
  const page = join(folder, 'page');
  await mkdir(folder, { recursive: true });
  const models = await prepareModels(join(folder, 'models'), log, names);
  await buildInferPage(page);
  const server = await serveFolder(folder);
  const browser = existsSync(CHROMIUM)
    ? await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS, ...CARD_ARGS] })
    : null;
  if (browser === null) log(`SKIPPED: there is no Chromium at ${CHROMIUM}.`);
  const answer: Record<string, unknown> = { machine: cpus()[0]?.model, dates: MAIN_DATES };
  try {
    const tab = browser === null ? null : await openPage(await browser.newPage(), server.url);
    for (const dates of seasons) {
      const key = dates === MAIN_DATES ? '' : String(dates);
      const card = await cardOf(models[0]!);
      const patch = await writePatch(join(folder, `patch-${dates}.bin`), card, dates);
      const torch = runTorch(models, patch, folder, log);
      const rows: Record<string, Rows> = {};
      for (const model of models) {
        rows[model.name] = {};
        const task = taskOf(model, patch, torch !== null);
        if (tab !== null) {
          const remote = { ...task, ...urlsOf(task, folder, server.url) };
          for (const [row, way] of Object.entries(BROWSER_ROWS)) {
            await tried(rows[model.name]!, row, log, () => inPage(tab, { ...remote, ...way }));
          }
        }
        for (const [row, way] of Object.entries(NODE_ROWS)) {
          await tried(rows[model.name]!, row, log, () => inNode({ ...task, ...fileUrls(task), ...way }));
        }
        log(JSON.stringify({ dates, [model.name]: rows[model.name] }));
      }
      answer[`torch${key}`] = torch?.models ?? null;
      answer[`models${key}`] = rows;
      answer['torchVersion'] = torch?.torch ?? null;
    }
  } finally {
    await browser?.close();
    await server.close();
  }
  return answer;
}

/** Measures a row; a way that does not exist for this model leaves none. */
async function tried(
  rows: Rows,
  row: string,
  log: (line: string) => void,
  run: () => Promise<PatchTimes>,
): Promise<void> {
  try {
    const { agree, ...times } = await run();
    rows[row] = { ...times, agree: agree === null ? null : Math.round(agree * PLACES * 10) / (PLACES * 10) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    // What comes from a page brings its stack along.
    log(`SKIPPED: ${row}: ${said.split('\n')[0]}`);
  }
}

async function cardOf({ folder }: BenchModel): Promise<ReturnType<typeof parseCard>> {
  const path = join(folder, 'model.json');
  return parseCard(await readFile(path, 'utf8'), path);
}

function expectedPath(name: string, { path }: Patch): string {
  return path.replace(/\.bin$/, `.${name}.bin`);
}

/** Paths where a task wants URLs. */
function taskOf(model: BenchModel, patch: Patch, hasTorch: boolean): PatchTask {
  const expectedUrl = hasTorch ? expectedPath(model.name, patch) : null;
  const what = { modelUrl: model.folder, inputUrl: patch.path, expectedUrl, days: patch.days };
  return { ...what, size: PATCH_SIZE, processors: THREADS, avoid: [], rounds: ROUNDS };
}

type Urls = Pick<PatchTask, 'modelUrl' | 'inputUrl' | 'expectedUrl'>;

function mapUrls({ modelUrl, inputUrl, expectedUrl }: PatchTask, url: (path: string) => string): Urls {
  return { modelUrl: url(modelUrl), inputUrl: url(inputUrl), expectedUrl: expectedUrl && url(expectedUrl) };
}

function urlsOf(task: PatchTask, folder: string, root: string): Urls {
  return mapUrls(task, (path) => `${root}${relative(folder, path)}`);
}

function fileUrls(task: PatchTask): Urls {
  return mapUrls(task, (path) => pathToFileURL(path).href);
}

async function openPage(page: Page, root: string): Promise<Page> {
  await page.goto(`${root}page/index.html`);
  await page.waitForFunction(() => typeof globalThis.runPatchInWorker === 'function');
  return page;
}

function inPage(page: Page, task: PatchTask): Promise<PatchTimes> {
  return page.evaluate((order) => globalThis.runPatchInWorker(order), task);
}

async function inNode(task: PatchTask): Promise<PatchTimes> {
  const script = fileURLToPath(new URL('infer/node-process.ts', import.meta.url));
  const child = fork(script, [], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const gone = once(child, 'exit').then(() => {
    throw new Error('the process has ended');
  });
  child.send(task);
  const [times] = (await Promise.race([once(child, 'message'), gone])) as [PatchTimes];
  gone.catch(() => undefined);
  return times;
}

/** Times of PyTorch, and its logits as files; null, said aloud, where there is no PyTorch. */
function runTorch(
  models: readonly BenchModel[],
  patch: Patch,
  folder: string,
  log: (line: string) => void,
): Torch | null {
  const python = findPython();
  if (python === null) {
    console.error('SKIPPED: no PyTorch to compare with; `npm test` makes its environment.');
    return null;
  }
  const script = fileURLToPath(new URL('infer/torch_rows.py', import.meta.url));
  const what = models.map((model) => [
    model.name,
    {
      architecture: model.architecture,
      weights: join(model.folder, 'weights.npz'),
      logits: expectedPath(model.name, patch),
    },
  ]);
  const order = {
    ...{ input: patch.path, dates: patch.days.length, days: patch.days, size: PATCH_SIZE },
    ...{ threads: THREADS, rounds: ROUNDS, models: Object.fromEntries(what) as object },
  };
  const env = { ...process.env, PYTHONPATH: PYTHON_PATH };
  const { status, stdout, stderr } = spawnSync(python, [script], {
    ...{ input: JSON.stringify(order), env, encoding: 'utf8', cwd: folder },
  });
  if (status !== 0) throw new Error(`PyTorch's side failed: ${stderr}`);
  log(stdout.trim());
  return JSON.parse(stdout) as Torch;
}
