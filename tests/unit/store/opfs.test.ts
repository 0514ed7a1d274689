import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FileHandle, openSync, type SyncFile } from '../../../src/store/opfs';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A file whose opening a test answers. */
function lateFile(): { handle: FileHandle; answer: () => void; closed: () => boolean } {
  let closed = false;
  let answer = (): void => undefined;
  const file = { close: () => (closed = true) } as unknown as SyncFile;
  const opening = new Promise<SyncFile>((resolve) => (answer = () => resolve(file)));
  const handle: FileHandle = { createSyncAccessHandle: () => opening, getFile: () => expect.fail('not asked for') };
  return { handle, answer, closed: () => closed };
}

describe('a private file', () => {
  it('that the browser never opens is done without after a while', async () => {
    const { handle } = lateFile();
    const opened = openSync(handle);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await opened).toBeUndefined();
  });

  it('that opens too late is closed again, so that it is not locked for good', async () => {
    const { handle, answer, closed } = lateFile();
    const opened = openSync(handle);
    await vi.advanceTimersByTimeAsync(30_000);
    answer();
    await vi.advanceTimersByTimeAsync(1);
    expect([await opened, closed()]).toEqual([undefined, true]);
  });

  it('that opens in time stays open, and no timer is left', async () => {
    const { handle, answer, closed } = lateFile();
    const opened = openSync(handle);
    await vi.advanceTimersByTimeAsync(10_000);
    answer();
    expect(await opened).toBeDefined();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([closed(), vi.getTimerCount()]).toEqual([false, 0]);
  });

  it('cannot be opened so in a page', async () => {
    expect(await openSync({ getFile: () => expect.fail('not asked for') })).toBeUndefined();
  });
});
