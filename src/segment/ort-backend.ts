import { createOrtSessions, type OrtSessionParts } from './ort-sessions';
import type { Backend, BackendName } from './types';

export interface OrtBackendParts extends OrtSessionParts {
  readonly name: BackendName;
  readonly description: string;
}

/** A backend over an ONNX Runtime, whose tensors lie in memory. */
export function createOrtBackend({ name, description, ...parts }: OrtBackendParts): Backend {
  const { runtime } = parts;
  const sessions = createOrtSessions(parts);
  return {
    name,
    description,
    async run(stage, inputs, signal) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([key, { data, shape }]) => [key, new runtime.Tensor('float32', data, shape)]),
      );
      const outputs = Object.entries(await sessions.run(stage, feeds, signal));
      return Object.fromEntries(
        outputs.map(([key, { data, dims }]) => [key, { data: data as Float32Array, shape: dims }]),
      );
    },
    dispose: () => sessions.dispose(),
  };
}
