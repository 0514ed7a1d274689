/** Cases per property test: few while working, many in the nightly script, which sets the variable. */
export const PROPERTY_RUNS = Number(process.env['CROP2SEG_PROPERTY_RUNS'] ?? 500);
