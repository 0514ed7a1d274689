export { absoluteUrl } from './address';
export { createHttpTransport, type HttpOptions } from './http';
export { parseJson } from './json';
export type * from './types';
