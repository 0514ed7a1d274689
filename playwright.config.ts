import { defineConfig } from '@playwright/test';

/** Debian's Chromium; Playwright's own download is not used. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // Each test maps crops on all cores; side by side they would only wait for each other.
  workers: 1,
  // A whole map on one busy core; a limit for hangs, not a measure of speed.
  timeout: 240_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    headless: true,
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // The map draws with WebGL, which a machine without a GPU does in software.
        '--enable-unsafe-swiftshader',
      ],
    },
  },
});
