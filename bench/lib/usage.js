// @ts-check
import { readFileSync } from 'node:fs';

/** What this process has used so far, and the whole machine. Seconds; `machine` is null where nobody tells. */
export function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return { own: (user + system) / 1e6, machine: machineCpuSeconds() };
}

/** Busy time of all cores since the machine started, in ticks of 10 ms as Linux counts them. */
function machineCpuSeconds() {
  const line = readOr('/proc/stat', '').split('\n', 1)[0];
  const [user, nice, system, , , irq, softirq] = line.split(/\s+/).slice(1).map(Number);
  return line === '' ? null : (user + nice + system + irq + softirq) / 100;
}

/** Linux hands the peak of the parent down to `maxRSS`, so its own record is asked first. */
export function peakRssBytes() {
  const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readOr('/proc/self/status', '')) ?? [];
  return 1024 * (kib ? Number(kib) : process.resourceUsage().maxRSS);
}

/** @param {string} path @param {string} fallback */
function readOr(path, fallback) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return fallback;
  }
}
