import { type Command, InvalidArgumentError, Option } from 'commander';

/** Values of `addStreamOptions`. */
export interface StreamOptions {
  readonly dataType?: readonly string[];
  readonly interval?: readonly string[];
  readonly exchange?: string;
  readonly tardisUrl?: string;
}

/** The same for a collection. */
export interface StreamRequest {
  readonly dataTypes?: readonly string[];
  readonly intervals?: readonly string[];
  readonly exchange?: string;
  readonly tardisUrl?: string;
}

export function addStreamOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--data-type <types>',
        'what to collect, separated by commas: aggTrades, klines, markPriceKlines, indexPriceKlines, ' +
          'premiumIndexKlines, metrics, fundingRate, liquidationSnapshot (cm); of Tardis, tardis:liquidations, ' +
          'tardis:derivative_ticker, tardis:trades (default: aggTrades)',
      ).argParser(readList),
    )
    .addOption(
      new Option(
        '--interval <intervals>',
        'of klines, separated by commas: 1m … 1mo (default: 1h)',
      ).argParser(readList),
    )
    .option(
      '--exchange <name>',
      'what Tardis calls the market (default: by --market, binance-futures for um)',
    )
    .addOption(
      new Option(
        '--tardis-url <url>',
        'another server with the tree of Tardis; the key is the variable TARDIS_API_KEY, and is sent there',
      ).env('TAPEMILL_TARDIS_URL'),
    );
}

export function readStreams(options: StreamOptions): StreamRequest {
  const { dataType, interval, exchange, tardisUrl } = options;
  return {
    ...(dataType !== undefined && { dataTypes: dataType }),
    ...(interval !== undefined && { intervals: interval }),
    ...(exchange !== undefined && { exchange }),
    ...(tardisUrl !== undefined && { tardisUrl }),
  };
}

/** The option may also be repeated. What the names mean is checked by whoever collects. */
function readList(text: string, before: unknown): string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('expected names separated by commas.');
  return [...(Array.isArray(before) ? (before as string[]) : []), ...names];
}
