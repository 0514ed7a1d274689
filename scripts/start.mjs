import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, installPackages, requireNode, runCommand } from './setup.mjs';

/** Where the app is served unless it is taken, or `--port` or `PORT` says otherwise. */
const DEFAULT_PORT = 4173;
const BUILD_INPUTS = [
  ...['src', 'workers', 'public', 'models/zoo', 'index.html', 'vite.config.ts', 'package-lock.json'],
  ...['scripts/zoo-plugin.ts', 'cli/default-model.ts'],
];

/** @param {string} path @returns {number} newest modification time below, milliseconds */
function newest(path) {
  if (!existsSync(path)) return 0;
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/**
 * The port that was asked for; ends the process with a plain sentence where the words make no sense.
 * @returns {number}
 */
function wantedPort() {
  const usage = 'Use: npm start, npm start -- --port 8080, or PORT=8080 npm start (1 to 65535).';
  try {
    const { values } = parseArgs({ options: { port: { type: 'string' } } });
    const text = values.port ?? process.env.PORT ?? String(DEFAULT_PORT);
    const port = Number(text);
    if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
    console.error(`"${text}" is no port. ${usage}`);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error} ${usage}`);
  }
  return process.exit(2);
}

requireNode();
const wanted = wantedPort();
installPackages();

const page = join(ROOT, 'dist', 'index.html');
const changed = Math.max(...BUILD_INPUTS.map((path) => newest(join(ROOT, path))));
if (!existsSync(page) || statSync(page).mtimeMs < changed) {
  console.log('Building the app...');
  if (!runCommand('npx', ['vite', 'build', '--logLevel', 'warn'])) process.exit(1);
}

const { serveFolder } = await import('./static-server.mjs');
const server = await serveFolder(join(ROOT, 'dist'), { port: wanted }).catch((error) => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.log(`Port ${wanted} is taken; using a free one.`);
  return serveFolder(join(ROOT, 'dist'));
});
console.log(`Crop2Seg is at ${server.url}`);
console.log('Open it, click the simulated sample area, press "Make crop map". Ctrl-C stops.');
