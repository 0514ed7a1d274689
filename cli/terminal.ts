/** What a command may write to and where it stands: the process in real life, buffers in tests. */
export interface Terminal {
  /** The result, and nothing else. */
  out(text: string): void;
  /** Everything meant for people while the work goes on. */
  err(text: string): void;
  /** Whether the line of `err` can be rewritten in place. */
  readonly errIsTty: boolean;
  /** Width of a line of `err`. */
  readonly errColumns: number;
  /** Relative paths start here. */
  readonly workingFolder: string;
}

/** What every command gets besides its options. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Whether stdout must hold exactly one JSON object. */
  readonly json: boolean;
  readonly quiet: boolean;
}
