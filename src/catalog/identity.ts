import { parseUtc } from './time';
import type { Scene } from './types';

/** Names by which an item tells of its product; null or left out where it does not. */
export interface ProductNames {
  readonly id: string;
  /** `S2A_MSIL2A_20190402T101021_N0211_R022_T33UVR_20190402T131211.SAFE` */
  readonly product: string | null;
  /** `GS2A_20190402T101021_019741_N02.11` */
  readonly datatake: string | null;
  /** `S2A_OPER_MSI_L2A_DS_SGS__20190402T131211_S20190402T101441_N02.11` */
  readonly datastrip: string | null;
}

const STAMP = '(\\d{8}T\\d{6})';
const PRODUCT = new RegExp(`S2[A-Z]_MSIL\\d[A-Z]_${STAMP}_`);
const DATATAKE = new RegExp(`^GS2[A-Z]_${STAMP}_`);
const DATASTRIP = new RegExp(`_S${STAMP}_`);
/** Ids of Collection 1 in Earth Search carry the start of the datastrip. */
const COLLECTION_1_ID = new RegExp(`^S2[A-Z]_T\\w{5}_${STAMP}_L2A$`);
/** The last time in the name of a product tells when it was made. */
const DISCRIMINATOR = new RegExp(`_${STAMP}(?:\\.SAFE)?$`);

/** Start of the data take and of the datastrip, as far as the names tell, ISO 8601, UTC. */
export function identityOf(names: ProductNames): Pick<Scene, 'datatake' | 'datastrip'> {
  const { id, product, datatake, datastrip } = names;
  const take = stamp(DATATAKE, datatake) ?? stamp(PRODUCT, product) ?? stamp(PRODUCT, id);
  const strip = stamp(DATASTRIP, datastrip) ?? stamp(COLLECTION_1_ID, id);
  return { ...(take === null ? {} : { datatake: take }), ...(strip === null ? {} : { datastrip: strip }) };
}

/** When the product was made, ISO 8601, UTC, by its name. */
export function madeByName({ id, product }: ProductNames): string | null {
  const name = product ?? (PRODUCT.test(id) ? id : null);
  return stamp(DISCRIMINATOR, name);
}

function stamp(pattern: RegExp, name: string | null): string | null {
  const time = parseUtc(pattern.exec(name ?? '')?.[1] ?? '');
  return time === null ? null : new Date(time).toISOString();
}
