import { listSymbols, readFolder } from '../layer/index.js';
import { type Market, parseInterval } from '../market/index.js';
import { sourceRoot } from '../sources/index.js';

/** Symbols that a table can be made of, sorted: those of the minute layer and those with 1m klines. @throws `E_IO` */
export async function listTableSymbols(dataDir: string, market: Market): Promise<string[]> {
  const symbols = new Set(await listSymbols(dataDir, market));
  const klines = sourceRoot(dataDir, { market, dataType: 'klines', interval: parseInterval('1m') });
  for (const name of await readFolder(klines)) if (!name.startsWith('.')) symbols.add(name.normalize('NFC'));
  return [...symbols].sort();
}
