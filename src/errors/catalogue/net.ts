import type { ErrorEntry } from '../entry';

/** Reaching bytes: connections, status codes, ranges, JSON. */
export const NET_ERRORS = {
  'net/bad-url': {
    message: '"{url}" is not an address.',
    nextStep: 'Give a complete address, such as https://example.org/catalogue.',
  },
  'net/unreachable': {
    message: 'No answer from {host}.',
    nextStep:
      'Check the connection (and, for a server of your own, that it allows cross-origin requests), then run again.',
  },
  'net/not-found': {
    message: '{url} is not there (404).',
    nextStep: 'Choose another source or other dates; a scene whose file is missing can be left out.',
  },
  'net/status': {
    message: 'The server answered {status} for {url}.',
    nextStep: 'Wait a minute and run again; if it stays, choose another source.',
  },
  'net/refused': {
    message: 'The server refused the request for {url} ({status}){said}.',
    nextStep:
      'Check the address, the collection and the dates, or choose another source. The same request will be refused again.',
  },
  'net/denied': {
    message: 'The server denied access to {url} ({status}){said}.',
    nextStep:
      'The server needs a key or a login. Add the key from its provider to the address, as in ?key=..., or choose another source.',
  },
  'net/no-ranges': {
    message: 'The server sends whole files only and ignores range requests: {url}.',
    nextStep: 'Serve the files from a host that supports HTTP range requests, or choose another source.',
  },
  'net/short-body': {
    message: 'The server cut the answer short for {url}: {got} of {expected} bytes.',
    nextStep: 'Run again; if it stays, the file on the server is damaged.',
  },
  'net/file-changed': {
    message: '{url} was replaced on the server while it was read.',
    nextStep: 'Run again; the new file is then read from its beginning.',
  },
  'net/too-large': {
    message: '{url} has more than {limit} bytes.',
    nextStep: 'Check the address; neither a catalogue nor a model is that large.',
  },
  'net/not-json': {
    message: 'The answer of {url} is not JSON.',
    nextStep: 'Check the address of the catalogue.',
  },
} as const satisfies Record<string, ErrorEntry>;
