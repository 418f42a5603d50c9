/** Keys of the queue as people read them: `um/aggTrades/BTCUSDT/2024-01`. Pure. */

export function groupName(group: string): string {
  const [market = '', stream = '', symbol = ''] = group.split('/');
  if (symbol === '') return group;
  return isOfTicks(group) ? `${symbol} ${market}` : `${symbol} ${market} ${stream}`;
}

export const isOfTicks = (group: string): boolean => group.split('/')[1] === 'aggTrades';

export function taskName(group: string, period: string | null): string {
  if (period === null) return groupName(group);
  return `${groupName(group)} · ${period === 'bars' ? 'factors' : period}`;
}

export function keyName(key: string): string {
  const at = key.lastIndexOf('/');
  return taskName(key.slice(0, at), key.slice(at + 1));
}
