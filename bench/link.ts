import type { ServerResponse } from 'node:http';

/** Bytes sent in one go: what Node and Chromium take out of a socket at once. */
const PIECE_BYTES = 64 * 1024;

/** How often the link looks whether it may send again, milliseconds; the shortest that Node's timers know. */
const TICK_MS = 1;

interface Flow {
  readonly response: ServerResponse;
  readonly body: Uint8Array;
  sent: number;
}

/** A line that all answers share. */
export interface Link {
  /** Sends the body and ends the answer. */
  send(response: ServerResponse, body: Uint8Array): void;
}

/**
 * A line of so many bytes per second (Infinity: no limit), shared fairly: each answer in turn sends a piece. A late
 * timer loses no bandwidth, because what may be sent counts from the moment at which the line became busy.
 */
export function createLink(bytesPerSecond: number): Link {
  const flows: Flow[] = [];
  let busySince = 0;
  let sent = 0;
  let running = false;

  function tick(): void {
    const allowed = ((performance.now() - busySince) / 1000) * bytesPerSecond;
    for (let flow = flows[0]; flow !== undefined; flow = flows[0]) {
      const piece = flow.body.subarray(flow.sent, flow.sent + PIECE_BYTES);
      if (sent + piece.length > allowed) break;
      flows.shift();
      sent += piece.length;
      flow.sent += piece.length;
      flow.response.write(piece);
      if (flow.sent < flow.body.length) flows.push(flow);
      else flow.response.end();
    }
    running = flows.length > 0;
    if (running) setTimeout(tick, TICK_MS);
  }

  return {
    send(response, body) {
      if (bytesPerSecond === Infinity || body.length === 0) {
        response.end(body);
        return;
      }
      flows.push({ response, body, sent: 0 });
      if (running) return;
      running = true;
      busySince = performance.now();
      sent = 0;
      setTimeout(tick, TICK_MS);
    },
  };
}
