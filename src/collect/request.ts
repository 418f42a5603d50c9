import type { DownloadEvent, KnownDefect } from '../archive/index.js';
import { type ExitStatus, TapemillError } from '../errors.js';
import type { Ledger } from '../ledger/index.js';
import { type TardisExchange, exchangeOfMarket, marketOfExchange, parseExchange } from '../imports/index.js';
import { type Market, normalizeSymbol } from '../market/index.js';
import type { Thresholds } from '../ticks/index.js';
import type { DateRange } from '../time/index.js';
import type { Shard } from '../work/index.js';
import type { CollectEvent } from './events.js';
import type { NetworkOptions } from './payload.js';
import { DEFAULT_DATA_TYPES, type Subject, streamsOf, subjectsOf } from './streams.js';
import type { TardisOptions } from './tardis-plan.js';

export interface CollectRequest {
  /** The folder that holds `data/`, or the URL of one. */
  readonly archive: string;
  readonly dataDir: string;
  readonly market: Market;
  readonly symbols: readonly string[];
  /** `aggTrades`, `metrics`, `klines`, `tardis:liquidations` …; default `DEFAULT_DATA_TYPES`. */
  readonly dataTypes?: readonly string[];
  /** Of the kline types, `1m` … `1mo`; default `DEFAULT_INTERVALS`. */
  readonly intervals?: readonly string[];
  /** Null: all that the archive lists. */
  readonly range: DateRange | null;
  /** What Tardis calls the market; by default that of `market`. */
  readonly exchange?: string;
  /** Another server with the tree of Tardis. Its key is the variable TARDIS_API_KEY of whoever fetches. */
  readonly tardisUrl?: string;
  readonly thresholds: Thresholds;
  /** Processes that mill at the same time; 0: this one does it itself, which is quicker for a few small objects. */
  readonly workers: number;
  /** Keep what was milled in `{data}/archive`. */
  readonly keepZip: boolean;
  readonly network?: NetworkOptions;
  /** Whose minutes count where monthly and daily objects differ; null: those with more fills. */
  readonly prefer: 'monthly' | 'daily' | null;
  /** The ledger's file; by default that of `dataDir`. */
  readonly queue?: string;
  /** Only the symbols of this shard. */
  readonly shard?: Shard | null;
  /** By symbol, months that may be built; others stay as they are, and symbols that are not named are not restricted. */
  readonly months?: ReadonlyMap<string, ReadonlySet<string>>;
  /** List the archive as it is now, whatever a cached listing says. */
  readonly fresh?: boolean;
  /** What is known to be wrong with published objects, told when they are to be read; default: what tapemill ships. */
  readonly knownDefects?: readonly KnownDefect[];
  readonly onEvent?: (event: CollectEvent) => void;
  /** What happens on the network, while objects are fetched ahead of their milling. */
  readonly onDownload?: (event: DownloadEvent) => void;
  /** Called some times a second, to show how far things are. `groups`: whose tasks are this collection's. */
  readonly onTick?: (ledger: Ledger, groups: ReadonlySet<string>) => void;
  /** Stops at the next chunk; nothing half-written stays. */
  readonly signal?: AbortSignal;
}

/** Every symbol with every stream that is asked for. @throws `E_USAGE` */
export function subjectsOfRequest(
  request: Pick<CollectRequest, 'market' | 'symbols' | 'dataTypes' | 'intervals' | 'range' | 'exchange'>,
): Subject[] {
  const { market, dataTypes = DEFAULT_DATA_TYPES, intervals = null } = request;
  const streams = streamsOf(market, dataTypes, intervals);
  if (streams.some(({ from }) => from === 'tardis')) {
    assertExchange(request);
    if (request.range === null) {
      throw new TapemillError(
        'E_USAGE',
        'Tardis does not list what it has; say what you want with --start and --end',
      );
    }
  }
  return subjectsOf(market, [...new Set(request.symbols.map(normalizeSymbol))], streams);
}

/** Where a channel of Tardis is fetched from. @throws `E_USAGE` */
export function tardisOptions(
  request: Pick<CollectRequest, 'market' | 'exchange' | 'tardisUrl'>,
): TardisOptions {
  const { market, exchange = exchangeOfMarket(market), tardisUrl = null } = request;
  return { exchange: parseExchange(exchange), url: tardisUrl };
}

function assertExchange(request: Pick<CollectRequest, 'market' | 'exchange'>): TardisExchange {
  const { exchange } = tardisOptions(request);
  const market = marketOfExchange(exchange);
  if (market === request.market) return exchange;
  throw new TapemillError('E_USAGE', `${exchange} is what Tardis calls ${market}, not ${request.market}`, {
    expected: exchangeOfMarket(request.market),
    found: exchange,
  });
}

/**
 * What became of it. A symbol counts once for every stream: that of one may be complete and that of another not.
 */
export interface CollectSummary {
  readonly exitStatus: ExitStatus;
  readonly symbolsDone: number;
  readonly symbolsPartial: number;
  readonly symbolsFailed: number;
  readonly monthsBuilt: number;
  readonly monthsReused: number;
  readonly objectsMilled: number;
  readonly objectsFailed: number;
  /** Rows read, and of them accepted as ticks. */
  readonly rows: number;
  readonly accepted: number;
  /** ZIP bytes milled. */
  readonly bytes: number;
  readonly seconds: number;
}
