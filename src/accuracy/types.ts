/**
 * Counts of labelled pixels, rows = truth, columns = prediction, both in the order of `classes`.
 * Predictions outside `classes` (such as "not classified", or no data in the map) are kept apart in `unanswered`:
 * they are wrong answers, not missing questions.
 */
export interface ConfusionMatrix {
  readonly classes: readonly number[];
  readonly counts: readonly (readonly number[])[];
  /** Per truth class: pixels predicted as none of `classes`. */
  readonly unanswered: readonly number[];
}

/** How one class fared. A measure without a denominator is null, never NaN, so that it survives JSON. */
export interface ClassScores {
  readonly code: number;
  readonly iou: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Labelled pixels of the class. */
  readonly support: number;
  /** Pixels predicted as the class. */
  readonly predicted: number;
}

export interface AverageScores {
  readonly iou: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** What a confusion matrix says. Shares are 0 to 1; null where nothing was labelled. */
export interface Scores {
  /** Labelled pixels that were counted. */
  readonly pixels: number;
  readonly overallAccuracy: number | null;
  /** Macro average of F1, the headline beside accuracy. */
  readonly macroF1: number | null;
  /** Cohen's kappa. */
  readonly kappa: number | null;
  /** Mean over the classes that occur in the truth; a class never predicted has precision 0 there. */
  readonly macro: AverageScores;
  /** From the summed counts of all classes. */
  readonly micro: AverageScores;
  readonly perClass: readonly ClassScores[];
}

export interface Evaluation extends Scores {
  readonly confusion: ConfusionMatrix;
}

/** The same map judged twice: on everything labelled, and only where a crop (1 to 13) was labelled. */
export interface MapEvaluation {
  readonly all: Evaluation;
  readonly crops: Evaluation;
}
