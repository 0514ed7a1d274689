import { createHttpTransport, type Transport } from '../../src/net';
import { type BackendCandidate, createSegmentPort, labelAgreement } from '../../src/segment';
import type { PatchTask, PatchTimes } from './wire.ts';

/** Runs a patch again and again, the same in a page and in Node. */
export async function runPatch(
  task: PatchTask,
  candidates: readonly BackendCandidate[],
  heapBytes: () => Promise<number | null>,
  transport: Transport = createHttpTransport(),
): Promise<PatchTimes> {
  const { signal } = new AbortController();
  const port = createSegmentPort({ transport, candidates });
  const begin = performance.now();
  const { card, golden } = await port.load(task.modelUrl, signal, () => undefined, task.avoid);
  const loadSeconds = (performance.now() - begin) / 1000;
  const floats = async (url: string): Promise<Float32Array<ArrayBuffer>> =>
    new Float32Array((await transport.readAll(url, signal)).slice().buffer);
  const all = await floats(task.inputUrl);
  const perDate = card.input.bands.length * task.size ** 2;
  const pixels = task.days.map((_, date) => all.slice(date * perDate, (date + 1) * perDate));
  const tile = { rows: task.size, columns: task.size, days: task.days, pixels };

  // The first run pays for memory that grows and code that is compiled.
  const { logits } = await port.run(tile, signal, () => undefined);
  const times: number[] = [];
  for (let round = 0; round < task.rounds; round++) {
    const start = performance.now();
    for (let at = 0; at < (task.tiles ?? 1); at++) await port.run(tile, signal, () => undefined);
    times.push(performance.now() - start);
  }
  const expected = task.expectedUrl === null ? null : await floats(task.expectedUrl);
  const bytes = await heapBytes();
  await port.dispose();
  return {
    ms: Math.round(median(times)),
    heapMb: bytes === null ? null : Math.round(bytes / 1e6),
    backend: golden.description,
    precision: golden.precision,
    agree: expected && labelAgreement(logits, expected, card.classes.length),
    maxAbsLogit: expected && logits.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at]!)), 0),
    loadSeconds: Math.round(loadSeconds * 10) / 10,
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
