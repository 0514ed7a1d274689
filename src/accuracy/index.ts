export { confusionMatrix, type ConfusionOptions } from './confusion';
export { evaluateMaps } from './evaluate';
export { scores } from './scores';
export type { AverageScores, ClassScores, ConfusionMatrix, Evaluation, MapEvaluation, Scores } from './types';
