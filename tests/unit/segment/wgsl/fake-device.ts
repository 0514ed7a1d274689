/** What a fake card has been told. */
export interface FakeDevice {
  readonly device: GPUDevice;
  /** Bytes of the buffers that have not been destroyed. */
  live(): number;
  dispatches(): readonly (readonly number[])[];
  /** What the next scope of errors of a kind says. */
  fail(kind: GPUErrorFilter, message: string): void;
}

/** A card that computes nothing, and counts. */
export function fakeDevice(): FakeDevice {
  const buffers = new Set<{ readonly size: number }>();
  const scopes: GPUErrorFilter[] = [];
  const failures = new Map<GPUErrorFilter, string>();
  const dispatches: number[][] = [];
  const work = {
    setPipeline: () => undefined,
    setBindGroup: () => undefined,
    dispatchWorkgroups: (...counts: number[]) => void dispatches.push(counts),
    end: () => undefined,
  };
  const device = {
    createBuffer({ size }: { size: number }) {
      const buffer = { size, destroy: () => void buffers.delete(buffer) };
      buffers.add(buffer);
      return buffer;
    },
    createShaderModule: () => ({}),
    createComputePipelineAsync: async () => ({ getBindGroupLayout: () => ({}) }),
    createBindGroup: () => ({}),
    createCommandEncoder: () => ({ beginComputePass: () => work, finish: () => ({}) }),
    queue: { writeBuffer: () => undefined, submit: () => undefined },
    pushErrorScope: (kind: GPUErrorFilter) => void scopes.push(kind),
    async popErrorScope() {
      const kind = scopes.pop()!;
      const message = failures.get(kind);
      failures.delete(kind);
      return message === undefined ? null : { message };
    },
  };
  return {
    device: device as unknown as GPUDevice,
    live: () => [...buffers].reduce((sum, { size }) => sum + size, 0),
    dispatches: () => dispatches,
    fail: (kind, message) => void failures.set(kind, message),
  };
}
