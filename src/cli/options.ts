import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { TapemillError, fromSystemError } from '../errors.js';
import { MARKETS, assertSymbol, normalizeSymbol } from '../market/index.js';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../ticks/index.js';
import { parseShard } from '../work/shard.js';
import type { Shard } from '../work/index.js';

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('expected a number from 0 up.');
  return value;
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('expected a whole number from 1 up.');
  }
  return value;
}

export const marketOption = (): Option =>
  new Option('--market <market>', 'um: USDT-margined futures, cm: coin-margined futures, spot')
    .choices(MARKETS)
    .default('um');

export const dataDirOption = (): Option =>
  new Option('--data-dir <folder>', 'where the layer and the factors are')
    .env('TAPEMILL_DATA_DIR')
    .default('data');

/** The default is not printed as a number: pages are made of the help. */
export const workersOption = (): Option =>
  new Option('--workers <n>', 'processes that mill at the same time')
    .argParser(positiveInteger)
    .default(availableParallelism(), 'one for each core');

export const queueOption = (): Option =>
  new Option('--queue <file>', "the ledger's file (default: {data-dir}/_ledger/ledger.sqlite)").env(
    'TAPEMILL_QUEUE',
  );

export const shardOption = (): Option =>
  new Option('--shard <i/n>', 'only the i-th of n parts of the symbols, with a ledger of its own').argParser(
    (text: string): Shard => {
      try {
        return parseShard(text);
      } catch (error) {
        throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
      }
    },
  );

/** Values of `addThresholdOptions`. */
export interface ThresholdOptions {
  readonly whaleUsd: number;
  readonly retailUsd: number;
}

/** @throws `E_USAGE` */
export function readThresholds({ whaleUsd, retailUsd }: ThresholdOptions): Thresholds {
  if (retailUsd < whaleUsd) return { whaleUsd, retailUsd };
  throw new TapemillError(
    'E_USAGE',
    `--retail-usd must be below --whale-usd, found ${retailUsd} and ${whaleUsd}`,
  );
}

export function addThresholdOptions(command: Command): Command {
  return command
    .option(
      '--whale-usd <usd>',
      'a tick of at least this quote value is a whale',
      positiveNumber,
      DEFAULT_THRESHOLDS.whaleUsd,
    )
    .option(
      '--retail-usd <usd>',
      'a tick of at most this quote value is retail',
      positiveNumber,
      DEFAULT_THRESHOLDS.retailUsd,
    );
}

/**
 * Symbols of the command line and of a file (one a line, or separated by commas or spaces; `#` starts a comment),
 * each once, in that order. @throws `E_USAGE` when there is none, `E_SYMBOL`, `E_IO`
 */
export async function readSymbols(named: readonly string[], file: string | undefined): Promise<string[]> {
  const texts = [...named];
  if (file !== undefined) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw fromSystemError(error, 'cannot read', file);
    });
    texts.push(...text.split('\n').map((line) => line.replace(/#.*/, '')));
  }
  const symbols = texts
    .flatMap((text) => text.split(/[\s,]+/))
    .filter((symbol) => symbol !== '')
    .map(normalizeSymbol);
  symbols.forEach(assertSymbol);
  if (symbols.length === 0) {
    throw new TapemillError('E_USAGE', 'expected at least one symbol, as an argument or in --symbols-file');
  }
  return [...new Set(symbols)];
}
