import type { ErrorEntry } from '../entry';

/** Models and the runtime that executes them. */
export const SEGMENT_ERRORS = {
  'segment/bad-card': {
    message: 'The model card {url} cannot be used: {field}: {problem}.',
    nextStep: 'Choose another model; if the model is yours, mend this field of its model.json.',
  },
  'segment/model-missing': {
    message: 'The model file {url} is missing.',
    nextStep: 'Choose another model, or put the file beside its model.json.',
  },
  'segment/wrong-hash': {
    message: 'The model file {file} is not the one its card describes: {problem}.',
    nextStep: 'Reload without the cache; if it stays, the copy on the server is damaged or belongs to another card.',
  },
  'segment/insecure-context': {
    message: 'Model files cannot be checked here: this page is not a secure context.',
    nextStep: 'Open the page over https, or from localhost or 127.0.0.1.',
  },
  'segment/no-backend': {
    message: 'Nothing here can run the network (asked for: {preference}).',
    nextStep: 'Use a current browser with WebAssembly SIMD, or choose another backend.',
  },
  'segment/runtime-missing': {
    message: 'The neural network runtime ({backend}) could not be loaded.',
    nextStep: 'Check the connection, reload and run again.',
  },
  'segment/runtime-failed': {
    message: 'The {stage} stage of the network failed: {reason}',
    nextStep: 'Run again; if it stays, reload the page, close other tabs to free memory, or choose another model.',
  },
  'segment/out-of-memory': {
    message: 'The {stage} stage of the network ran out of memory.',
    nextStep: 'Close other tabs and run again, or choose a smaller area or fewer months.',
  },
  'segment/device-lost': {
    message: 'The graphics card was lost while the {stage} stage of the network ran.',
    nextStep: 'Run again; close other pages that use the graphics card if it stays.',
  },
  'segment/features-lost': {
    message: 'The dates encoded so far were lost with the backend that held them.',
    nextStep: 'Encode the dates of the tile again.',
  },
  'segment/golden-mismatch': {
    message:
      'The network gives other results here than where it was trained: probabilities differ by {difference}, allowed is {tolerance} ({backend}).',
    nextStep:
      'Its maps could not be trusted, so it is not used. Update the browser, or choose another backend or model.',
  },
  'segment/not-loaded': {
    message: 'No model is loaded.',
    nextStep: 'Load a model first, then run again.',
  },
} as const satisfies Record<string, ErrorEntry>;
