import type { DownloadEvent } from '../archive/index.js';
import type { ExitStatus } from '../errors.js';
import type { Ledger } from '../ledger/index.js';
import type { Market } from '../market/index.js';
import type { Thresholds } from '../ticks/index.js';
import type { DateRange } from '../time/index.js';
import type { Shard } from '../work/index.js';
import type { CollectEvent } from './events.js';
import type { NetworkOptions } from './payload.js';

export interface CollectRequest {
  /** The folder that holds `data/`, or the URL of one. */
  readonly archive: string;
  readonly dataDir: string;
  readonly market: Market;
  readonly symbols: readonly string[];
  /** Null: all that the archive lists. */
  readonly range: DateRange | null;
  readonly thresholds: Thresholds;
  /** Processes that mill at the same time. */
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
  readonly onEvent?: (event: CollectEvent) => void;
  /** What happens on the network, while objects are fetched ahead of their milling. */
  readonly onDownload?: (event: DownloadEvent) => void;
  /** Called some times a second, to show how far things are. `groups`: whose tasks are this collection's. */
  readonly onTick?: (ledger: Ledger, groups: ReadonlySet<string>) => void;
  /** Stops at the next chunk; nothing half-written stays. */
  readonly signal?: AbortSignal;
}

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
