/** How much a transport has moved so far. Retries count as requests of their own. */
export interface Traffic {
  readonly requests: number;
  readonly bytes: number;
}

/** A question that is put by POST. */
export interface PostedJson {
  /** What JSON can hold. */
  readonly body: unknown;
  /** Sent besides those of the content. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The only way any stage reaches bytes outside the program: over HTTP in a page or worker, from files in Node, from a
 * map of buffers in tests. Every method rejects with a catalogue error (`src/errors`, codes `net/*`) or with the
 * signal's abort reason.
 */
export interface Transport {
  /** Whole body parsed as JSON; with `posted`, the answer to a POST. */
  readJson(url: string, signal: AbortSignal, posted?: PostedJson): Promise<unknown>;
  /**
   * Bytes `start` to `start + length - 1`. Shorter than `length` only where the file ends before; never longer.
   * A server that ignores the range header is refused without downloading the rest of the file.
   */
  readRange(url: string, start: number, length: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Whole body. */
  readAll(url: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Drops what is kept of a file, for who found it damaged: the next reading asks the server again. Only transports
   * that keep something have it.
   */
  forget?(url: string, signal: AbortSignal): Promise<void>;
  /** What tells this version of a file from others, as far as its server has told so far: an entity tag or a date. */
  version?(url: string): string | null;
  /**
   * Lets requests for these files wait behind those of a lower rank, also those that wait already; 0 is the rank of all
   * others, null forgets. Only transports that let requests wait have it.
   */
  rank?(urls: readonly string[], rank: number | null): void;
  /** Counters since the transport was made. */
  traffic(): Traffic;
}

/** What a transport needs of an answer; the platform's `Response` is one. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: HttpBody | null;
}

export interface HttpHeaders {
  /** The value of a header, named in lower case. */
  get(name: string): string | null;
}

export interface HttpBody {
  /** Whether a reader has been given out. */
  readonly locked: boolean;
  getReader(): {
    read(): Promise<
      | { readonly done: false; readonly value: Uint8Array }
      | { readonly done: true; readonly value?: Uint8Array | undefined }
    >;
    cancel(): Promise<void>;
  };
  /** Ends a download that nobody reads. */
  cancel(): Promise<void>;
}

/** The part of `fetch` that a transport uses. Rejects where no answer comes, and with the signal's reason. */
export type HttpFetch = (
  url: string,
  init: {
    readonly headers: Record<string, string>;
    readonly signal: AbortSignal;
    /** GET where left out. */
    readonly method?: 'POST';
    readonly body?: string;
    /** Where given, the platform's own cache is neither asked nor filled. */
    readonly cache?: 'no-store';
  },
) => Promise<HttpAnswer>;
