import type { GoldenCheck } from '../../../src/segment';
import { checkGoldenOnWebgpu } from './check';
import { compareEncoders } from '../../support/compare-encoders';

declare global {
  var checkWebgpu: (where: 'page' | 'worker', modelUrl: string) => Promise<readonly GoldenCheck[] | null>;
  var compareOnWebgpu: typeof compareEncoders;
}

globalThis.checkWebgpu = (where, modelUrl) => {
  if (where === 'page') return checkGoldenOnWebgpu(modelUrl);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ golden: readonly GoldenCheck[] | null } | { error: string }>) =>
      'error' in data ? reject(new Error(data.error)) : resolve(data.golden);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(modelUrl);
  });
};

globalThis.compareOnWebgpu = compareEncoders;
