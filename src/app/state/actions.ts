import { cellsAt, pixelAt, type LonLat } from '../../geo';
import type { CropMap, JobRequest } from '../../job';
import { SAMPLE_SEASON, findSample } from '../lib/sample';
import { models } from './models.svelte';
import { place } from './place.svelte';
import { reading } from './reading.svelte';
import { recent } from './recent.svelte';
import { result } from './result.svelte';
import { run } from './run.svelte';
import { season } from './season.svelte';
import { SAMPLE_SOURCE, source } from './source.svelte';
import { storage } from './storage.svelte';
import { view } from './view.svelte';
import { t } from '../strings';

/** What happens once when the page opens: sample, models and kept maps are looked for side by side. */
export async function openPage(baseUrl: string, signal: AbortSignal): Promise<void> {
  await Promise.all([models.load(baseUrl, signal), lookForSample(baseUrl, signal), recent.refresh()]);
}

async function lookForSample(baseUrl: string, signal: AbortSignal): Promise<void> {
  // The page works without: a host that does not answer is told about by the list of models.
  const sample = await findSample(baseUrl, signal).catch(() => null);
  place.sample = sample;
  source.sampleUrl = sample?.url ?? null;
}

/** Below this zoom a click outside the grid is more likely a slip than a wish: a small area would be a dot. */
const MIN_CLICK_ZOOM = 8;

/** A click on the map: the sample where it lies, else a cell, else (zoomed in) a small area. */
export function choosePoint(lonLat: LonLat): void {
  // The form that would show the choice is not there while a map is made.
  if (run.phase === 'running') return;
  const { sample } = place;
  if (sample !== null && pixelAt(sample.grid, lonLat) !== null) chooseSample();
  else if (cellsAt(lonLat).length > 0 || view.zoom >= MIN_CLICK_ZOOM) choosePlace(() => place.chooseAt(lonLat));
  else return;
  view.open('setup');
}

/** What was typed into the place field. */
export function chooseText(text: string): void {
  choosePlace(() => place.chooseText(text));
  if (place.choice !== null) view.target = place.choice.grid;
}

/** A real place cannot be mapped from the sample's scenes. */
function choosePlace(choose: () => void): void {
  choose();
  if (place.choice === null || place.choice.kind === 'sample' || source.id !== SAMPLE_SOURCE) return;
  source.chooseUsual();
  season.chooseUsual();
}

/** The sample brings its own scenes and season; a single choice sets all three. */
export function chooseSample(): void {
  place.chooseSample();
  if (place.choice?.kind !== 'sample') return;
  source.id = SAMPLE_SOURCE;
  season.chooseWhole(SAMPLE_SEASON);
}

/** Why the button cannot be pressed yet, as a key of the texts; null where it can. */
export function obstacle(): 'needPlace' | 'needMonths' | 'needSource' | 'needModel' | null {
  if (place.choice === null) return 'needPlace';
  if (season.range === null) return 'needMonths';
  if (source.source === null) return 'needSource';
  if (models.selected === null) return 'needModel';
  return null;
}

function requestFromChoices(): JobRequest | null {
  const { choice } = place;
  const { range } = season;
  if (choice === null || range === null || source.source === null || models.selected === null) return null;
  return {
    grid: choice.grid,
    title: choice.title,
    ...(choice.tiles.length > 0 ? { tiles: choice.tiles } : {}),
    season: season.season,
    range,
    source: source.source,
    ...(source.fallbacks.length > 0 ? { fallbacks: source.fallbacks } : {}),
    ...reading.options,
    modelUrl: models.selected.url,
  };
}

/** Runs what has been chosen and shows the map. */
export async function makeMap(): Promise<void> {
  const request = requestFromChoices();
  if (request !== null) await perform(request);
}

/** Runs the failed request again, without one scene where a scene was the trouble. */
export async function retry(withoutScene: string | null): Promise<void> {
  const { request } = run;
  if (request === null) return;
  const excluded = request.excludedScenes ?? [];
  await perform(withoutScene === null ? request : { ...request, excludedScenes: [...excluded, withoutScene] });
}

/** Makes a map again whose dates were not all delivered: what it has is kept, so this costs the missing ones. */
export async function remake({ report }: CropMap): Promise<void> {
  await perform(report.request);
}

async function perform(request: JobRequest): Promise<void> {
  result.close();
  view.open('setup');
  const map = await run.start(request);
  if (map === null) return;
  result.show(map);
  view.open('result');
  try {
    await recent.keep(map);
  } catch {
    // No room left: the map stays on show, and the list says that it will not survive a reload.
    recent.persistent = false;
  }
  // Now there is work worth keeping. Some browsers ask the person: nothing waits for the answer.
  void storage.protect();
}

/** Brings a kept map back. */
export async function openRecent(id: string): Promise<void> {
  try {
    result.show(await recent.open(id));
    view.open('result');
  } catch {
    recent.failed = true;
  }
}

/** Deletes the selected kinds for good; the list of maps follows. */
export async function emptyStorage(): Promise<void> {
  await storage.remove();
  await recent.refresh();
}

/** Closes the pixel under inspection; the map stays. */
export function closeInspector(): void {
  result.closeInspector();
  if (view.panel === 'pixel') view.open(result.map === null ? 'setup' : 'result');
}

/** Escape: what was opened last closes first. Returns false where there was nothing to close. */
export function goBack(): boolean {
  // A dialog closes itself.
  if (storage.shown) return false;
  if (place.back()) return true;
  if (result.pixel !== null) closeInspector();
  else if (run.failure !== null) run.dismiss();
  else return false;
  return true;
}

/** The line that screen readers are told while a map is made. */
export function announcement(): string {
  if (run.cancelled) return t.run.cancelledSpoken;
  if (run.phase === 'running') {
    const active = run.stages.findLast(({ status }) => status === 'active');
    return active === undefined ? t.run.title : t.run.stageAnnounce(t.run.stages[active.stage]);
  }
  return result.map === null ? '' : t.run.done;
}
