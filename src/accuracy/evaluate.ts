import { CROP_CLASSES, NODATA_LABEL, NOT_CLASSIFIED, isCrop } from '../crops';
import { confusionMatrix } from './confusion';
import { scores } from './scores';
import type { Evaluation, MapEvaluation } from './types';

/** Truth codes that say nothing about the ground. */
const IGNORED = [NOT_CLASSIFIED, NODATA_LABEL] as const;

const EVALUATED_CODES = CROP_CLASSES.map((entry) => entry.code).filter((code) => code !== NOT_CLASSIFIED);
const BACKGROUND_CODES = EVALUATED_CODES.filter((code) => !isCrop(code));

/**
 * Judges a crop map against labels of the same grid: over all labelled pixels, and over those labelled as a crop.
 * Labels 14 and 255 are left out of both.
 *
 * @param predicted class code per pixel, 255 = no data
 * @param truth class code per pixel, same order and length
 * @throws accuracy/different-lengths, accuracy/unknown-label
 */
export function evaluateMaps(predicted: Uint8Array, truth: Uint8Array): MapEvaluation {
  return {
    all: evaluation(predicted, truth, IGNORED),
    crops: evaluation(predicted, onlyCrops(truth), IGNORED),
  };
}

function evaluation(predicted: Uint8Array, truth: Uint8Array, ignore: readonly number[]): Evaluation {
  const confusion = confusionMatrix(predicted, truth, EVALUATED_CODES, { ignore });
  return { ...scores(confusion), confusion };
}

/** Background stays a possible wrong answer (a column), but is no question any more. */
function onlyCrops(truth: Uint8Array): Uint8Array {
  return truth.map((code) => (BACKGROUND_CODES.includes(code) ? NODATA_LABEL : code));
}
