import { statfs } from 'node:fs/promises';
import { availableParallelism, endianness, freemem, totalmem } from 'node:os';

/** What the checks take from the machine. Tests give their own. */
export interface DoctorWorld {
  readonly nodeVersion: string;
  readonly endianness: 'LE' | 'BE';
  readonly cores: number;
  /** Bytes of memory that the process may use at most, and those free now. */
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly now: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the file system that holds a folder: its magic number, and bytes that may still be written. */
  readonly fileSystem: (folder: string) => Promise<{ readonly type: number; readonly freeBytes: number }>;
}

export function realDoctorWorld(): DoctorWorld {
  // In a container the limit of its group counts; where there is none, it is absurdly large, or 0.
  const limit = process.constrainedMemory();
  return {
    nodeVersion: process.versions.node,
    endianness: endianness(),
    cores: availableParallelism(),
    memoryBytes: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    freeMemoryBytes: freemem(),
    now: Date.now,
    env: process.env,
    fileSystem: async (folder) => {
      const { type, bavail, bsize } = await statfs(folder);
      return { type, freeBytes: bavail * bsize };
    },
  };
}
