import type { ArchiveEntry } from '../archive/index.js';
import type { MissingPeriod } from '../layer/index.js';
import type { CollectEvent } from './events.js';
import { isObjectFault, isPassing } from './faults.js';

export interface TryOptions {
  readonly symbol: string;
  readonly month: string;
  /** Else a network that fails fails the whole attempt. */
  readonly isLastAttempt: boolean;
  readonly report: (event: CollectEvent) => void;
  /** Objects that could not be used are added to it. */
  readonly failed: MissingPeriod[];
}

/**
 * Does something with an object of a month; what is wrong with the object itself costs that object only.
 * @returns null when it cannot be used, which has been reported
 * @throws an object's network error unless it is the last attempt; what is no fault of the object
 */
export async function tryObject<T>(
  { key, name }: ArchiveEntry,
  { symbol, month, isLastAttempt, report, failed }: TryOptions,
  use: () => Promise<T>,
): Promise<T | null> {
  try {
    return await use();
  } catch (error) {
    if (!isObjectFault(error)) throw error;
    const { code, message } = error;
    if (isPassing(code) && !isLastAttempt) throw error;
    const period = name.period.key;
    failed.push({ period, reason: 'failed', detail: `${code}: ${message}` });
    report({ type: 'object-failed', symbol, month, object: key, period, code, message });
    return null;
  }
}
