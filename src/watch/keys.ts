/** Keys of the tasks of a collection: `{market}/{stream}/{symbol}/{period}`, the group being all but the period. */
export interface GroupParts {
  readonly market: string;
  readonly stream: string;
  readonly symbol: string;
}

/** Of keys that somebody else made up, the last part is the symbol. */
export function groupParts(group: string): GroupParts {
  const parts = group.split('/');
  const symbol = parts.at(-1)!;
  const [market = '', stream = ''] = parts.length === 3 ? parts : [];
  return { market, stream, symbol };
}

/** `2024-01`, or `bars`. */
export function periodOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
