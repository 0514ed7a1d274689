export { comparable, REASONS, type CodeLayer, type PixelAccount, type Reason } from './comparable';
export { confusionMatrix } from './confusion';
export { evaluateMaps } from './evaluate';
export { scores } from './scores';
export type { Evaluation, MapEvaluation } from './types';
