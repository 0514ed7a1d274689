/** One thing that can go wrong. `{name}` in the texts is filled from the error's details. */
export interface ErrorEntry {
  /** What happened, for people. */
  readonly message: string;
  /** What to do next, for people. */
  readonly nextStep: string;
}
