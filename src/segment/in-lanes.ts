/**
 * Does jobs 0 to `count` - 1, at most `lanes` at once, and resolves to their answers in order. The first failure is
 * thrown once the jobs under way have ended; no further one is begun.
 */
export async function inLanes<T>(count: number, lanes: number, job: (index: number) => Promise<T>): Promise<T[]> {
  const answers = new Array<T>(count);
  let next = 0;
  async function work(): Promise<void> {
    while (next < count) {
      const index = next++;
      try {
        answers[index] = await job(index);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(lanes, count) }, work));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return answers;
}
