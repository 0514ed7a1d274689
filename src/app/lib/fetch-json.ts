/**
 * JSON of a file that may be absent; null where it is. A missing file must not look like a failure: the server may answer
 * with its start page instead of a 404.
 * @throws TypeError where the host does not answer, or the signal's reason
 */
export async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { signal });
  if (!response.ok) return null;
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
