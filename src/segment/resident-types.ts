import type { FloatTensor, StageName } from './types';
import type { Validity } from './validity';

/** A float32 tensor that lies where its backend works, such as on a graphics card, until it is given back. */
export interface HeldTensor {
  readonly shape: readonly number[];
  /** Gives its memory back; to be called once, by who got it. */
  dispose(): void;
}

/** Values `from` to `from + count` of a tensor. */
export interface HeldPart {
  readonly tensor: HeldTensor;
  readonly from: number;
  readonly count: number;
}

/** Stages of a backend whose tensors stay with it from one stage to the next. */
export interface ResidentStages {
  /** Most values that one tensor may hold. Known after the first run. */
  mostValues(): number;
  /** Runs one stage; its outputs stay. */
  run(
    stage: StageName,
    inputs: Readonly<Record<string, FloatTensor | HeldTensor>>,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, HeldTensor>>>;
  /** The values of parts, one after the other, in a new tensor. */
  join(parts: readonly HeldPart[], shape: readonly number[]): HeldTensor;
  /** A tensor brought to where the backend works. */
  hold(tensor: FloatTensor): HeldTensor;
  /** A copy in memory; waits for whatever has still to be computed for it. */
  read(tensor: HeldTensor): Promise<FloatTensor>;
}

/** What the encoder made of one date of a tile, still where it was made. */
export interface HeldFeatures {
  readonly rows: number;
  readonly columns: number;
  /** Days since the card's date reference. */
  readonly day: number;
  /** The encoder's outputs by name. */
  readonly held: Readonly<Record<string, HeldTensor>>;
  /** As of `DateFeatures`; it lies in memory. */
  readonly valid: Validity;
}
