import type { Transport } from '../net';

/**
 * What leaving out bands saves. Nobody knows the size of what was not read; the bands of another day over the same
 * window are cut from the same tiles of the same files, so their mean is the estimate.
 */
export interface Savings {
  /** A transport that counts its bytes for one day; `read` is called when its bands are there. */
  meter(): { readonly transport: Transport; read(): void };
  /** Bytes that so many days would have cost; null as long as no day was read. */
  of(skippedDays: number): number | null;
}

export function createSavings(inner: Transport): Savings {
  let days = 0;
  let bytes = 0;
  return {
    meter() {
      let own = 0;
      const transport: Transport = {
        ...inner,
        async readRange(url, start, length, signal) {
          const part = await inner.readRange(url, start, length, signal);
          own += part.length;
          return part;
        },
      };
      return {
        transport,
        read() {
          days += 1;
          bytes += own;
        },
      };
    },
    of: (skippedDays) => (days === 0 ? null : Math.round((bytes / days) * skippedDays)),
  };
}
