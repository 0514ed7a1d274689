import type { CropMap, ExportKind } from '../../job';

/** A link is let go of after this long, milliseconds: by then every browser has begun to save. */
const RELEASE_MILLISECONDS = 60_000;

/**
 * Writes one product of a map and hands it to the browser as a download.
 * @throws the signal's reason when cancelled; a catalogue error where the file cannot be written
 */
export async function download(map: CropMap, kind: ExportKind, signal: AbortSignal): Promise<void> {
  const { exportFiles } = await import('../../job');
  for (const { name, type, bytes } of await exportFiles(map, [kind], signal)) {
    const url = URL.createObjectURL(new Blob([bytes], { type }));
    const link = document.createElement('a');
    link.href = url;
    link.download = fileName(map, name);
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), RELEASE_MILLISECONDS);
  }
}

/** `crop2seg-2019-cell-355-tile-33uvr-crop-map.tif`: files of several maps can lie side by side. */
function fileName(map: CropMap, name: string): string {
  const { season, title } = map.report.request;
  const words = title
    .toLowerCase()
    .replaceAll('×', 'x')
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-|-$/g, '');
  return `crop2seg-${season}-${words}-${name}`;
}
