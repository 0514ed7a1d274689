import * as v from 'valibot';

const Degrees = v.pipe(v.number(), v.minValue(-180), v.maxValue(180));
const Ascending = v.pipe(
  v.array(v.number()),
  v.minLength(2),
  v.check((values) => values.every((value, at) => at === 0 || value >= values[at - 1]!), 'must ascend'),
);
const Range = v.pipe(
  v.tuple([v.pipe(v.number(), v.integer()), v.pipe(v.number(), v.integer())]),
  v.check(([first, last]) => first <= last, 'must begin with the smaller number'),
);

const Region = v.object({
  name: v.pipe(v.string(), v.nonEmpty()),
  bbox: v.tuple([Degrees, Degrees, Degrees, Degrees]),
});

/** `training.scope` of a card; its parts are optional, since a card says what is known. */
export const Scope = v.object({
  regions: v.exactOptional(v.array(Region)),
  days: v.exactOptional(Range),
  dates: v.exactOptional(Range),
  platforms: v.exactOptional(v.array(v.string())),
  medians: v.exactOptional(
    v.pipe(
      v.object({ quantiles: Ascending, dn: v.array(Ascending) }),
      v.check(
        ({ quantiles, dn }) => dn.every(({ length }) => length === quantiles.length),
        'must have one number per quantile in each band',
      ),
    ),
  ),
});
