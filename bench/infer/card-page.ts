/** The page of `bench -- card`: the encoder of the runtime and ours on the adapter at hand. */
import { type EncoderComparison, type EncoderTask, compareEncoders } from '../../tests/support/compare-encoders';

/** What a browser tells of its graphics card. */
export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly software: boolean;
}

declare global {
  var adapterAtHand: () => Promise<Adapter | null>;
  var compareOnCard: (task: EncoderTask) => Promise<EncoderComparison | null>;
}

globalThis.adapterAtHand = async () => {
  const adapter = (await navigator.gpu?.requestAdapter()) ?? null;
  if (adapter === null) return null;
  const { vendor, architecture, isFallbackAdapter } = adapter.info;
  return { vendor, architecture, software: isFallbackAdapter };
};
globalThis.compareOnCard = compareEncoders;
