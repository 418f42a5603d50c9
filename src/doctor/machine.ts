import { type Finding, ok, trouble } from './check.js';
import type { DoctorWorld } from './world.js';

const LEAST_NODE = [20, 19] as const;
/** Peak memory of a worker with any month. */
const WORKER_BYTES = 300e6;

export function checkMachine(world: DoctorWorld): Finding[] {
  return [checkNode(world), checkByteOrder(world), checkMemory(world)];
}

function checkNode({ nodeVersion }: DoctorWorld): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor))
    return ok('node', 'Node.js', nodeVersion);
  return trouble(
    'fail',
    'node',
    'Node.js',
    `${nodeVersion}, expected ${LEAST_NODE.join('.')} or later`,
    'Install a current Node.js.',
  );
}

function checkByteOrder({ endianness }: DoctorWorld): Finding {
  if (endianness === 'LE') return ok('byte-order', 'Byte order', 'little-endian');
  return trouble(
    'fail',
    'byte-order',
    'Byte order',
    'big-endian: columns in memory are not what Parquet and the kernel take them for',
    'Use a little-endian machine (x64, arm64).',
  );
}

function checkMemory({ cores, memoryBytes, freeMemoryBytes }: DoctorWorld): Finding {
  const needed = cores * WORKER_BYTES;
  const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  const detail = `${gb(memoryBytes)} of memory, ${gb(freeMemoryBytes)} free; ${cores} cores, so ${cores} workers by default`;
  if (memoryBytes >= needed) return ok('memory', 'Memory and cores', detail);
  const workers = Math.max(1, Math.floor(memoryBytes / WORKER_BYTES));
  return trouble(
    'warn',
    'memory',
    'Memory and cores',
    `${detail}, which may take ${gb(needed)}`,
    `Use --workers ${workers}: a worker takes up to 300 MB.`,
  );
}
