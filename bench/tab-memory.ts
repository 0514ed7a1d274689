import { readdirSync, readFileSync } from 'node:fs';

/** Megabytes (1e6 bytes) of proportional resident memory: pages that processes share are divided among them. */
export interface BrowserMemory {
  /** The largest renderer: the page and its workers. */
  readonly rendererMb: number;
  /** All processes of the browser. */
  readonly allMb: number;
}

export interface MemoryPeaks {
  readonly before: BrowserMemory;
  /** Each number at its own highest. */
  readonly peak: BrowserMemory;
}

const SAMPLE_MS = 250;
const BYTES_PER_KIB = 1024;

/** Watches the browser that this process has started, from `/proc`, until `stop`. */
export function watchMemory(): { stop(): MemoryPeaks } {
  const before = browserMemory();
  let peak = before;
  const look = (): void => {
    const { rendererMb, allMb } = browserMemory();
    peak = { rendererMb: Math.max(peak.rendererMb, rendererMb), allMb: Math.max(peak.allMb, allMb) };
  };
  const timer = setInterval(look, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return { before, peak };
    },
  };
}

function browserMemory(): BrowserMemory {
  let rendererMb = 0;
  let allMb = 0;
  for (const { pid, command } of descendants()) {
    if (!/chrom/.test(command)) continue;
    const mb = residentMb(pid);
    allMb += mb;
    if (command.includes('--type=renderer')) rendererMb = Math.max(rendererMb, mb);
  }
  return { rendererMb: Math.round(rendererMb), allMb: Math.round(allMb) };
}

/** Processes that this one has started, directly or through others. */
function descendants(): { pid: number; command: string }[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      // The command's name, in brackets, may hold anything; the parent is the second field after it.
      const stat = read(`/proc/${name}/stat`);
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return { pid: Number(name), parent };
    });
  const family = new Set([process.pid]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  family.delete(process.pid);
  return [...family].map((pid) => ({ pid, command: read(`/proc/${pid}/cmdline`) }));
}

function residentMb(pid: number): number {
  const kib = /^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0;
  return (Number(kib) * BYTES_PER_KIB) / 1e6;
}

/** Empty where the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
