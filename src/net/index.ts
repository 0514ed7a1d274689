export { absoluteUrl } from './address';
export { createHttpTransport, type HttpOptions } from './http';
export { parseJson } from './json';
export { onAbort, untilAborted } from './on-abort';
export { isKey, isSignature } from './signatures';
export type * from './types';
