import { Command, Option } from 'commander';
import { type CollectionOptions, addCollectionOptions, readCollection } from './collection-options.js';
import { queueOption, shardOption, workersOption } from './options.js';
import { watchSignals } from './signals.js';

const EXAMPLES = `Examples:
  tapemill collect BTCUSDT ETHUSDT --start 2024-01 --end 2024-06                from the public archive
  tapemill collect RLCUSDT BSVUSDT --start 2026-04-13 --end 2026-04-19 --archive ../archive
  tapemill collect --symbols-file top100.txt --start 2020-01 --end 2025-02-15 --archive /mnt/binance --workers 4
  tapemill collect BTCUSD_PERP --market cm --archive /mnt/binance
  tapemill collect BTCUSDT --archive http://127.0.0.1:8099 --limit-rate 5000000  from a mirror, at most 5 MB/s
  tapemill collect BTCUSDT --whale-usd 100000                                   other thresholds: milled anew
  tapemill collect BTCUSDT --data-type metrics,fundingRate,klines,markPriceKlines --interval 1h,1m --start 2024-01 --end 2024-06
  tapemill collect BTCUSD_PERP --market cm --data-type indexPriceKlines,liquidationSnapshot
  tapemill collect ETHUSDT --data-type tardis:liquidations --start 2025-10-01 --end 2025-10-31   key: TARDIS_API_KEY

Writes {data-dir}/binance_aggTrades_1m_parquet/{SYMBOL}/{YYYY-MM}.parquet, the minute layer, and from it
{data-dir}/binance_aggTrades/{SYMBOL}_aggTrades.csv, .parquet and .csv.meta.json, the 1h factors.
Other data types go to {data-dir}/binance_{type}[_{interval}]_parquet/{SYMBOL}/{YYYY-MM}.parquet and
{data-dir}/binance_{type}[_{interval}]/{SYMBOL}_{type}[_{interval}].csv; what Tardis has, to {data-dir}/tardis and from there
to {data-dir}/imported_{channel}_parquet, trades to the minute layer.
What is there already and matches is left as it is. ZIPs are fetched ahead of the milling, resumed when they break
off, and deleted once they are milled.

`;

const EXIT_HELP = `
Exit status: 0 done, 1 failed, 2 wrong usage, 3 partial (holes or failed periods, everything else done),
4 data integrity, 5 no such symbol or period, 75 try again later (disk full, network), 130/143 stopped by a signal.`;

interface CollectOptions extends CollectionOptions {
  readonly workers: number;
  readonly keepZip?: true;
  readonly json?: true;
}

export function collectCommand(): Command {
  const command = new Command('collect').description(
    'mill aggTrades of an archive into the minute layer and 1h factors, and bring in other data types',
  );
  return addCollectionOptions(command)
    .addOption(workersOption())
    .addOption(queueOption())
    .addOption(shardOption())
    .option('--keep-zip', 'keep the objects used, below {data-dir}/archive')
    .addOption(
      new Option(
        '--prefer <source>',
        'whose minutes count where a monthly object and daily ones differ (default: those with more fills)',
      ).choices(['monthly', 'daily']),
    )
    .option('--json', 'print events as NDJSON')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(runCollect);
}

async function runCollect(named: string[], options: CollectOptions): Promise<void> {
  const request = await readCollection(named, options);
  // Loading these takes longer than showing the help does.
  const { collect } = await import('../collect/index.js');
  const { JsonPrinter, LinePrinter } = await import('./collect-printer.js');
  const printer = options.json ? new JsonPrinter() : new LinePrinter();
  const interruption = watchSignals();
  try {
    const summary = await collect({
      ...request,
      workers: options.workers,
      keepZip: options.keepZip === true,
      onDownload: (event) => {
        printer.takeDownload(event);
      },
      onTick: (ledger, groups) => {
        printer.tick(ledger, groups);
      },
      signal: interruption.signal,
      onEvent: (event) => {
        printer.take(event);
      },
    });
    printer.end(summary);
    process.exitCode = summary.exitStatus;
  } catch (error) {
    printer.stop();
    if (!interruption.signal.aborted) throw error;
    if (options.json) {
      console.log(
        JSON.stringify({
          type: 'stopped',
          signal: interruption.name(),
          exitStatus: interruption.exitStatus(),
        }),
      );
    }
    console.error(`tapemill: stopped by ${interruption.name()}; what was finished is kept`);
    process.exitCode = interruption.exitStatus();
  } finally {
    interruption.release();
  }
}
