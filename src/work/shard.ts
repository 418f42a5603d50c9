import { createHash } from 'node:crypto';
import { TapemillError } from '../errors.js';
import type { Shard } from './tasks.js';

/** A number for a group that never changes, evenly spread over 31 bits. */
export function shardHash(group: string): number {
  return createHash('sha256').update(group).digest().readUInt32BE(0) >>> 1;
}

export function isInShard(group: string, shard: Shard | null): boolean {
  return shard === null || shardHash(group) % shard.of === shard.index - 1;
}

/** Reads `2/5`. @throws `E_USAGE` */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || of === undefined || index < 1 || index > of) {
    throw new TapemillError('E_USAGE', `expected a shard i/n with 1 ≤ i ≤ n, found "${text}"`, {
      expected: 'i/n',
      found: text,
    });
  }
  return { index, of };
}
