/** Zone, latitude band and 100 km square; zones below ten with or without their zero. */
const SQUARE = '(\\d{1,2}[C-HJ-NP-X][A-HJ-NP-Z][A-HJ-NP-V])';

const CODE = new RegExp(`^(?:MGRS-|T)?${SQUARE}$`);

/** Names of products, granules and files (`..._T33UVR_...`), and of Earth Search's items (`S2A_33UVR_20190402_0_L2A`). */
const IN_NAME = new RegExp(`(?:^|[_/.-])T?${SQUARE}(?=[_/.-]|$)`);

/** Folders of the archives on S3: `.../33/U/VR/2019/...`. */
const IN_PATH = /\/(\d{1,2})\/([C-HJ-NP-X])\/([A-HJ-NP-Z][A-HJ-NP-V])\//;

/**
 * Name of a Sentinel-2 tile, `33UVR`, zones below ten with their zero; null where nothing tells it.
 * @param codes what names the tile and nothing else: `MGRS-33UVR`, `T33UVR`, `33UVR`
 * @param names of the item, its product or granule
 * @param addresses of its files
 */
export function tileName(
  codes: readonly (string | null)[],
  names: readonly (string | null)[],
  addresses: readonly string[],
): string | null {
  const found =
    firstOf(codes, (code) => CODE.exec(code)?.[1]) ??
    firstOf(names, (name) => IN_NAME.exec(name)?.[1]) ??
    firstOf(addresses, (address) => IN_PATH.exec(address)?.slice(1).join('') ?? IN_NAME.exec(address)?.[1]);
  return found?.padStart(5, '0') ?? null;
}

function firstOf(texts: readonly (string | null)[], read: (text: string) => string | undefined): string | undefined {
  return texts.map((text) => (text === null ? undefined : read(text))).find((found) => found !== undefined);
}
