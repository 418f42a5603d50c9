import { TapemillError } from '../errors.js';

/** Symbols need not be ASCII; one spelling of each, whatever the file system composed. */
export function normalizeSymbol(text: string): string {
  return text.trim().normalize('NFC').toUpperCase();
}

/**
 * Refuses what could leave its folder or break a name: separators, dots, spaces and control characters.
 * @throws `E_SYMBOL`
 */
export function assertSymbol(symbol: string): void {
  if (!/^[\p{L}\p{N}_-]{1,64}$/u.test(symbol)) {
    throw new TapemillError(
      'E_SYMBOL',
      `expected a symbol of letters, digits, "_" or "-", found "${symbol}"`,
      {
        expected: 'letters, digits, "_" or "-"',
        found: symbol,
      },
    );
  }
}
