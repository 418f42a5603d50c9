import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type Entry, fromBuffer } from 'yauzl';

/** Real objects and the values expected of them, where both lie beside the project. */

const shared = fileURLToPath(new URL('../../../shared/', import.meta.url));
const daily = `${shared}archive/data/futures/um/daily/`;

export const GOLDEN_SYMBOLS = ['RLCUSDT', 'BSVUSDT', 'BOMEUSDT', 'ALPINEUSDT'];
export const filesAreThere =
  existsSync(daily) && GOLDEN_SYMBOLS.every((symbol) => existsSync(`${shared}golden/${symbol}_1m.csv.gz`));
export const whySkipped = filesAreThere ? '' : ' (skipped: needs ../shared/golden and ../shared/archive)';

export function aggTradesDays(symbol: string): string[] {
  return readdirSync(`${daily}aggTrades/${symbol}`)
    .map((name) => /-aggTrades-(\d{4}-\d\d-\d\d)\.zip$/.exec(name)?.[1])
    .filter((day) => day !== undefined)
    .sort();
}

export function aggTradesSymbols(): string[] {
  return readdirSync(`${daily}aggTrades`);
}

export function aggTradesCsv(symbol: string, day: string): Promise<Buffer> {
  return onlyMember(`${daily}aggTrades/${symbol}/${symbol}-aggTrades-${day}.zip`);
}

/** Columns of numbers, by name. */
export type Table = ReadonlyMap<string, readonly number[]>;

export async function klines(symbol: string, day: string): Promise<Table> {
  return parseTable(String(await onlyMember(`${daily}klines/${symbol}/1m/${symbol}-1m-${day}.zip`)));
}

export function goldenMinutes(symbol: string): Table {
  return parseTable(String(gunzipSync(readFileSync(`${shared}golden/${symbol}_1m.csv.gz`))));
}

function parseTable(csv: string): Table {
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  return new Map(header.split(',').map((name, i) => [name, rows.map((row) => row[i] ?? NaN)]));
}

/** The inflated bytes of the one member of a ZIP. */
function onlyMember(path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    fromBuffer(readFileSync(path), { lazyEntries: true }, (error, zip) => {
      if (error) {
        reject(error);
        return;
      }
      zip.once('error', reject);
      zip.once('entry', (entry: Entry) => {
        zip.openReadStream(entry, (cannotOpen, stream) => {
          if (cannotOpen) {
            reject(cannotOpen);
            return;
          }
          const parts: Buffer[] = [];
          stream.on('data', (part: Buffer) => parts.push(part));
          stream.once('error', reject);
          stream.once('end', () => {
            resolve(Buffer.concat(parts));
          });
        });
      });
      zip.readEntry();
    });
  });
}
