import { countText } from '../../format/number.js';
import { instantText } from '../../format/time.js';

/** A row account, whatever its data type counts, as names and texts. Nested names are joined. Pure. */
export function accountRows(
  account: Readonly<Record<string, unknown>>,
): (readonly [name: string, text: string])[] {
  return Object.entries(account).flatMap(([name, value]) => rowsOf(words(name), value));
}

function rowsOf(name: string, value: unknown): (readonly [string, string])[] {
  if (value === null || value === undefined) return [[name, '—']];
  if (Array.isArray(value)) {
    return value.length === 0
      ? [[name, 'none']]
      : [
          [
            name,
            value.slice(0, 20).map(shortly).join('; ') +
              (value.length > 20 ? ` and ${value.length - 20} more` : ''),
          ],
        ];
  }
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([inner, one]) => rowsOf(`${name}: ${words(inner)}`, one));
  }
  return [[name, typeof value === 'number' ? numberOf(name, value) : shortly(value)]];
}

/** Instants are told by their size: µs and ms of this century. */
function numberOf(name: string, value: number): string {
  if (/ts$|time$|first|last/.test(name) && value > 1e15) return instantText(value / 1000, true);
  if (/ts$|time$|first|last/.test(name) && value > 1e12) return instantText(value, true);
  return Number.isInteger(value) ? countText(value) : String(value);
}

function shortly(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `zeroQuantity` as `zero quantity`. */
function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
