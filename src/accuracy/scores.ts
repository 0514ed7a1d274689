import type { AverageScores, ClassScores, ConfusionMatrix, Scores } from './types';

/**
 * The usual measures of a confusion matrix.
 * IoU = TP / (TP + FP + FN); precision = TP / predicted; recall = TP / labelled; F1 = 2 TP / (predicted + labelled);
 * kappa after Cohen (1960). Unanswered pixels are labelled but predicted as no class: they lower recall, not precision.
 */
export function scores(matrix: ConfusionMatrix): Scores {
  const perClass = matrix.classes.map((_, at) => classScores(matrix, at));
  const hits = total(matrix.classes.map((_, at) => matrix.counts[at]?.[at] ?? 0));
  const pixels = total(perClass.map((entry) => entry.support));
  const predicted = total(perClass.map((entry) => entry.predicted));
  const macro = macroAverage(perClass);
  return {
    pixels,
    overallAccuracy: ratio(hits, pixels),
    macroF1: macro.f1,
    kappa: kappa(perClass, hits, pixels),
    macro,
    micro: measures(hits, predicted, pixels),
    perClass,
  };
}

function classScores(matrix: ConfusionMatrix, at: number): ClassScores {
  const row = matrix.counts[at] ?? [];
  const support = total(row) + (matrix.unanswered[at] ?? 0);
  const predicted = total(matrix.counts.map((counts) => counts[at] ?? 0));
  return { code: matrix.classes[at], ...measures(row[at] ?? 0, predicted, support), support, predicted };
}

function measures(hits: number, predicted: number, labelled: number): AverageScores {
  return {
    iou: ratio(hits, predicted + labelled - hits),
    precision: ratio(hits, predicted),
    recall: ratio(hits, labelled),
    f1: ratio(2 * hits, predicted + labelled),
  };
}

function macroAverage(perClass: readonly ClassScores[]): AverageScores {
  const occurring = perClass.filter((entry) => entry.support > 0);
  const mean = (measure: keyof AverageScores) =>
    ratio(total(occurring.map((entry) => entry[measure] ?? 0)), occurring.length);
  return { iou: mean('iou'), precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}

/** Agreement beyond what the two marginals would give by chance; null where chance alone explains everything. */
function kappa(perClass: readonly ClassScores[], hits: number, pixels: number): number | null {
  const chance = total(perClass.map((entry) => entry.support * entry.predicted));
  return ratio(hits * pixels - chance, pixels * pixels - chance);
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : numerator / denominator;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
