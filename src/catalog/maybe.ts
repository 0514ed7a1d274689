import * as v from 'valibot';

/**
 * A field that may be absent, null or of another type, which all mean that the item does not say. Marked for bundlers:
 * the page, which searches in a worker, then goes without the schemas.
 * @__NO_SIDE_EFFECTS__
 */
export function maybe<S extends v.GenericSchema>(schema: S) {
  return v.fallback(v.nullable(schema), null);
}
