import { TapemillError } from '../errors.js';

/** `skip`: not looked at, because it was not wanted or cannot be. */
export type Level = 'ok' | 'warn' | 'fail' | 'skip';

/** What one look found. */
export interface Finding {
  /** Stable; new ones are added. */
  readonly id: string;
  readonly level: Level;
  /** What was looked at. */
  readonly title: string;
  /** What was found, with its numbers. */
  readonly detail: string;
  /** What to do; null when nothing is to be done. */
  readonly remedy: string | null;
  /** Paths, keys or names that it is about. */
  readonly items?: readonly string[];
  /** Whether `--fix` does something about it. */
  readonly isFixable?: boolean;
}

export const ok = (id: string, title: string, detail: string): Finding => ({
  id,
  level: 'ok',
  title,
  detail,
  remedy: null,
});

export const skip = (id: string, title: string, detail: string): Finding => ({
  ...ok(id, title, detail),
  level: 'skip',
});

export function trouble(
  level: 'warn' | 'fail',
  id: string,
  title: string,
  detail: string,
  remedy: string,
  more: Pick<Finding, 'items' | 'isFixable'> = {},
): Finding {
  return { id, level, title, detail, remedy, ...more };
}

/** Message of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (TapemillError.is(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
