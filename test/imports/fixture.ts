import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEachFile } from '../cleaning.js';

const folders: string[] = [];
afterEachFile(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tapemill-imports-'));
  folders.push(folder);
  return folder;
}

export function put(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

export const SYMBOL = 'ETHUSDT';
export const LIQUIDATION_HEADER = 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount';
export const TICKER_HEADER =
  'exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price';

/** Microseconds of a UTC time as in `2025-10-01 00:10`. */
export const us = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`) * 1000;

export interface Event {
  readonly ts: number;
  readonly side: 'buy' | 'sell';
  readonly price: number;
  readonly amount: number;
  readonly id?: string;
  readonly localTs?: number;
}

export function eventLine(event: Event, symbol = SYMBOL, exchange = 'binance-futures'): string {
  const { ts, side, price, amount, id = '', localTs = ts + 5000 } = event;
  return [exchange, symbol, ts, localTs, id, side, price, amount].join(',');
}

export const tardisName = (
  channel: string,
  day: string,
  symbol = SYMBOL,
  exchange = 'binance-futures',
): string => `${exchange}_${channel}_${day}_${symbol}.csv.gz`;

export const csv = (header: string, lines: readonly string[]): string => [header, ...lines, ''].join('\n');

export function putLiquidations(
  folder: string,
  day: string,
  lines: readonly string[],
  symbol = SYMBOL,
): string {
  return put(folder, tardisName('liquidations', day, symbol), gzipSync(csv(LIQUIDATION_HEADER, lines)));
}

/** The events of the worked example in the definition of the factors. */
export const WORKED_EXAMPLE: readonly Event[] = [
  { ts: us('2025-10-01 00:10'), side: 'sell', price: 4000, amount: 1 },
  { ts: us('2025-10-01 00:20'), side: 'sell', price: 4000, amount: 3 },
  { ts: us('2025-10-01 00:30'), side: 'buy', price: 4100, amount: 2 },
  { ts: us('2025-10-01 01:05'), side: 'sell', price: 3900, amount: 10 },
  { ts: us('2025-10-01 01:06'), side: 'buy', price: 4000, amount: 0.1 },
];

/** Every file below a folder with its bytes, temporary and lock files included. */
export function snapshot(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = readFileSync(path).toString('base64');
  }
  return files;
}

/** Fisher–Yates by a small generator, so that a seed names an order. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const out = [...items];
  let state = seed >>> 0 || 1;
  for (let i = out.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = state % (i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
