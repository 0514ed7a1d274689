import { ACCURACY_ERRORS } from './accuracy';
import { CATALOG_ERRORS } from './catalog';
import { CLI_ERRORS } from './cli';
import { GEO_ERRORS } from './geo';
import { JOB_ERRORS } from './job';
import { NET_ERRORS } from './net';
import { RASTER_ERRORS } from './raster';
import { SEGMENT_ERRORS } from './segment';
import { SERIES_ERRORS } from './series';
import { STORE_ERRORS } from './store';
import { WORKER_ERRORS } from './workers';

/** Everything that can go wrong, by code `room/what`. */
export const CATALOGUE = {
  ...NET_ERRORS,
  ...GEO_ERRORS,
  ...CATALOG_ERRORS,
  ...RASTER_ERRORS,
  ...SERIES_ERRORS,
  ...SEGMENT_ERRORS,
  ...ACCURACY_ERRORS,
  ...JOB_ERRORS,
  ...STORE_ERRORS,
  ...CLI_ERRORS,
  ...WORKER_ERRORS,
};

export type ErrorCode = keyof typeof CATALOGUE;
