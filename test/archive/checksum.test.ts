import { describe, expect, it } from 'vitest';
import { parseChecksum } from '../../src/archive/index.js';
import { TapemillError } from '../../src/errors.js';

const KEY = 'data/spot/monthly/aggTrades/ÄUSDT/ÄUSDT-aggTrades-2024-01.zip'.normalize('NFC');
const NAME = 'ÄUSDT-aggTrades-2024-01.zip'.normalize('NFC');
const HASH = '0123456789abcdef'.repeat(4);

describe('parseChecksum', () => {
  it.each([
    ['as published', `${HASH}  ${NAME}`],
    ['with a line end', `${HASH}  ${NAME}\n`],
    ['with CRLF and blank lines', `${HASH}  ${NAME}\r\n\r\n`],
    ['in binary mode', `${HASH} *${NAME}\n`],
    ['in upper-case hex', `${HASH.toUpperCase()}  ${NAME}`],
    ['with the name decomposed', `${HASH}  ${NAME.normalize('NFD')}`],
  ])('reads it %s', (_, text) => {
    expect(parseChecksum(text, KEY)).toBe(HASH);
  });

  it.each([
    ['empty', ''],
    ['a hash alone', HASH],
    ['a hash too short', `${HASH.slice(1)}  ${NAME}`],
    ['a hash too long', `${HASH}0  ${NAME}`],
    ['no hex', `${'z'.repeat(64)}  ${NAME}`],
    ['of another file', `${HASH}  BTCUSDT-aggTrades-2024-01.zip`],
    ['of another folder', `${HASH}  ../${NAME}`],
    ['two lines', `${HASH}  ${NAME}\n${HASH}  ${NAME}\n`],
    ['an HTML page', '<html>404</html>\n'.repeat(1000)],
  ])('refuses it when it is %s', (_, text) => {
    try {
      parseChecksum(text, KEY);
    } catch (error) {
      if (!(error instanceof TapemillError)) throw error;
      expect(error.code).toBe('E_CHECKSUM_FORMAT');
      expect(error.context.object).toBe(KEY);
      expect(error.message.length).toBeLessThan(600);
      return;
    }
    expect.unreachable();
  });
});
