/** One way of running one model over one patch, as the benchmark orders it. */
export interface PatchTask {
  /** Folder of the model, and the files of the patch and its right answer, as URLs. */
  readonly modelUrl: string;
  readonly inputUrl: string;
  readonly expectedUrl: string | null;
  readonly days: readonly number[];
  /** Pixels of a side. */
  readonly size: number;
  readonly processors: number;
  /** Variants not to be used, such as `wasm/int8`. */
  readonly avoid: readonly string[];
  readonly rounds: number;
  /** Patches run one after the other in a round; 1 where left out. */
  readonly tiles?: number;
}

export interface PatchTimes {
  /** Median of a round: a whole patch, or all its patches; milliseconds. */
  readonly ms: number;
  /** All WebAssembly memories together, 1e6 bytes; null where they cannot be seen. */
  readonly heapMb: number | null;
  /** `WASM, 2 threads, int8` */
  readonly backend: string;
  readonly precision: string;
  /** Share of the labels that are PyTorch's, 0 to 1, and the largest difference of a logit; null without PyTorch. */
  readonly agree: number | null;
  readonly maxAbsLogit: number | null;
  /** Seconds to load and choose. */
  readonly loadSeconds: number;
}
