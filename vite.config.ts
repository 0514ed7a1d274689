import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { zoo } from './scripts/zoo-plugin.ts';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string };

/** Threads of the WASM runtime need an isolated page; the production server sends the same headers. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** mgrs is CommonJS in Node and a module here; `src/geo` asks for both, and is warned of the one that is missing. */
const QUIET = { pluginTimings: false, importIsUndefined: false };

/**
 * A room is used through its door, which names all its files. None of them does anything by being loaded, so the page
 * takes what it calls and leaves the rest to the part that is loaded on demand.
 */
const PURE_ROOMS = { moduleSideEffects: [{ test: /\/src\/(?!app\/)/, sideEffects: false }] };

export default defineConfig({
  // Relative, so that the built site works under any path.
  base: './',
  plugins: [svelte(), zoo()],
  define: { __CROP2SEG_VERSION__: JSON.stringify(version) },
  worker: { format: 'es', rolldownOptions: { checks: QUIET } },
  server: { headers: ISOLATION },
  preview: { headers: ISOLATION },
  build: {
    target: 'es2022',
    // World outlines and the runtime are files of their own, never inlined.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { checks: QUIET, treeshake: PURE_ROOMS },
  },
  test: {
    projects: [
      // A hung test still ends; a busy machine does not make a slow one fail.
      { extends: true, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], testTimeout: 60_000 } },
      {
        extends: true,
        test: { name: 'conformance', include: ['tests/conformance/**/*.test.ts'], testTimeout: 120_000 },
      },
    ],
  },
});
