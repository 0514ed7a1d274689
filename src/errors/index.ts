export { CATALOGUE, type ErrorCode } from './catalogue';
export { CropError, isAbort, isCropError, type ErrorDetails } from './crop-error';
export { redactAddress, redactData, redactText } from './redact';
export { fromWire, toWire, type WireError } from './wire';
