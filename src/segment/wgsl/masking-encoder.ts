import { type CardEncoder, createCardEncoder } from './card-encoder';
import type { CardPlan } from './card-plan';

/**
 * An encoder of a network that may mask: dates with holes go through kernels that look at validity, whole dates through
 * those that need not. Each is made when it is first needed.
 * @param masked the plan with masks; of a network that has none it is never used
 */
export function createMaskingEncoder(device: GPUDevice, whole: CardPlan, masked: CardPlan): CardEncoder {
  const made = new Map<CardPlan, Promise<CardEncoder>>();

  function encoderOf(plan: CardPlan): Promise<CardEncoder> {
    const known = made.get(plan) ?? createCardEncoder(device, plan);
    made.set(plan, known);
    return known;
  }

  return {
    async run(pixels, valid) {
      const plan = masked.valid !== null && valid?.data.includes(0) === true ? masked : whole;
      return (await encoderOf(plan)).run(pixels, valid);
    },
    dispose() {
      // One that could not be made has said so where it was wanted.
      for (const encoder of made.values()) {
        void encoder.then(
          (one) => one.dispose(),
          () => undefined,
        );
      }
    },
  };
}
