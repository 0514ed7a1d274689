import type { GeoTiffImage } from '../types';

/** The GDAL_METADATA tag: items of the data set, names of bands, what a stored 1 is worth. null where there is nothing. */
export function gdalMetadata({ bands, bandNames, metadata, scale }: GeoTiffImage): string | null {
  const items = Object.entries(metadata ?? {}).map(
    ([name, value]) => `<Item name="${escape(name)}">${escapeValue(value)}</Item>`,
  );
  bands.forEach((_, sample) => {
    const name = bandNames?.[sample];
    if (name !== undefined) items.push(bandItem('DESCRIPTION', sample, 'description', name));
    if (scale !== undefined) {
      items.push(bandItem('OFFSET', sample, 'offset', '0'), bandItem('SCALE', sample, 'scale', String(scale)));
    }
  });
  return items.length === 0 ? null : `<GDALMetadata>\n${items.join('\n')}\n</GDALMetadata>\n`;
}

function bandItem(name: string, sample: number, role: string, value: string): string {
  return `<Item name="${name}" sample="${sample}" role="${role}">${escapeValue(value)}</Item>`;
}

/** GDAL undoes the entities of a value twice (it writes them so too); those of a name once. */
function escapeValue(text: string): string {
  return escape(escape(text));
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
