import { onDemand } from '../on-demand';
import { KERNELS_BASE64 } from './wasm/binary';
import { RELAXED_KERNELS_BASE64 } from './wasm/binary-relaxed';

/**
 * The compiled kernels: with fused multiply-adds where the engine knows relaxed SIMD, else with plain SIMD.
 * Rejects where it has neither, or a policy forbids WebAssembly.
 */
export const compileKernels = /* @__PURE__ */ onDemand(() => {
  const relaxed = bytesOf(RELAXED_KERNELS_BASE64);
  return WebAssembly.compile(WebAssembly.validate(relaxed) ? relaxed : bytesOf(KERNELS_BASE64));
});

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64.replaceAll('\n', '')), (character) => character.charCodeAt(0));
}
