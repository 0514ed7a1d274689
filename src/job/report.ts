import type { Scene } from '../catalog';
import type { SeriesSummary } from '../series';
import {
  type EncoderTime,
  type EncodeTally,
  type GoldenCheck,
  type ModelCard,
  type ScopeFinding,
  scopeOfDates,
  scopeOfPixels,
  scopeOfPlace,
} from '../segment';
import { classAreas } from './areas';
import type { Meter } from './meter';
import type { ScenePlan } from './plan';
import type { JobReport, JobRequest, SmoothingFacts } from './types';
import { VERSION } from './version';

/** A model that has passed its golden tile. */
export interface ReadyModel {
  readonly card: ModelCard;
  readonly cardSha256: string;
  readonly golden: GoldenCheck;
  /** Names the way in which it runs, and what others took beside it. */
  readonly variant: string;
  readonly times: readonly EncoderTime[];
  /** Ways of running it that were tried and given up, in words for people. */
  readonly notices: readonly string[];
}

interface Facts {
  readonly request: JobRequest;
  readonly choice: ScenePlan;
  readonly model: ReadyModel;
  readonly summary: SeriesSummary;
  /** Class code per pixel. */
  readonly labels: Uint8Array;
  readonly encodings: EncodeTally;
  readonly dateSubsets: readonly number[];
  readonly objects?: SmoothingFacts;
  readonly totals: ReturnType<Meter['totals']>;
  readonly peakMemoryMb: number | null;
}

/** Everything needed to know how a map came to be. */
export function describeJob({
  request,
  choice,
  model,
  summary,
  labels,
  encodings,
  dateSubsets,
  objects,
  totals,
  peakMemoryMb,
}: Facts): JobReport {
  const { card, cardSha256, golden, variant, times } = model;
  const outsideTraining = scopeOf(card, request, choice, summary);
  const outside = outsideTraining.map(({ message }) => message);
  return {
    software: { name: 'Crop2Seg', version: VERSION },
    created: new Date().toISOString(),
    request,
    model: {
      name: card.name,
      version: card.version,
      cardSha256,
      backend: golden.description,
      variant,
      encoderTimes: times.map((one) => ({ ...one, milliseconds: rounded(one.milliseconds) })),
      goldenMaxAbsProbability: golden.maxAbsProbability,
      simulatedTraining: card.training.simulated,
      caveats: card.caveats,
    },
    simulatedScenes: choice.chosen.some(({ simulated }) => simulated),
    dates: summary.dates,
    rejected: rejectedScenes(choice, summary),
    relaxedCloudLimits: choice.relaxed,
    skippedDates: summary.skipped.length,
    unreadDates: summary.unread.map(({ date }) => date),
    savedBytes: summary.savedBytes,
    outsideTraining,
    bandMedians: summary.bandMedians,
    notices: [...choice.notices, ...summary.notices, ...model.notices, ...outside],
    areas: classAreas(labels, request.grid.pixelMetres, card.classes),
    ...(objects && { objects }),
    encodings,
    dateSubsets,
    ...totals,
    peakMemoryMb,
  };
}

/** Of the scenes that were read, not of all that were chosen. */
function scopeOf(card: ModelCard, request: JobRequest, { chosen }: ScenePlan, summary: SeriesSummary): ScopeFinding[] {
  const read = new Set(summary.dates.flatMap(({ sceneIds }) => sceneIds));
  const scenes = chosen.flatMap((scene) => [scene, ...(scene.alternatives ?? [])]).filter(({ id }) => read.has(id));
  return [
    ...scopeOfPlace(card, request),
    ...scopeOfDates(card, scenes, request.dateSubsets),
    ...scopeOfPixels(card, summary.bandMedians),
  ];
}

/** Three digits: the clock of a browser has no more. */
function rounded(milliseconds: number): number {
  return Number(milliseconds.toPrecision(3));
}

/** Every scene that no pixel came from, with the reason. */
export function rejectedScenes(
  { chosen, rejected }: ScenePlan,
  { dates, skipped, unread }: SeriesSummary,
): JobReport['rejected'] {
  const lost = [...skipped, ...unread];
  const known = new Set([...dates, ...lost].flatMap(({ sceneIds }) => sceneIds));
  const appears = ({ id, alternatives = [] }: Scene): boolean =>
    known.has(id) || alternatives.some((other) => known.has(other.id));
  const reason = 'No data in the area that another scene of the day does not have.';
  return [
    ...rejected.map((one) => ({ id: one.scene.id, date: one.scene.date, reason: one.reason })),
    ...lost.flatMap(({ sceneIds, ...day }) => sceneIds.map((id) => ({ id, date: day.date, reason: day.reason }))),
    ...chosen.filter((scene) => !appears(scene)).map(({ id, date }) => ({ id, date, reason })),
  ];
}
