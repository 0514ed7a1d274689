import { checkGoldenOnWebgpu } from './check';

self.onmessage = ({ data }: MessageEvent<string>) => {
  checkGoldenOnWebgpu(data).then(
    (golden) => self.postMessage({ golden }),
    (error: unknown) => self.postMessage({ error: String(error) }),
  );
};
