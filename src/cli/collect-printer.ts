import type { DownloadEvent } from '../archive/index.js';
import type { CollectEvent, CollectSummary } from '../collect/index.js';
import type { MissingPeriod } from '../layer/index.js';
import type { Ledger } from '../ledger/index.js';
import type { RowAccount } from '../ticks/index.js';
import { LiveScreen, readStatus, renderLine, renderLiveBlock, styleFor } from '../watch/index.js';
import { formatBytes, formatCount, formatDuration } from './table.js';

/** Tells a person or a program what a collection does. */
export interface Printer {
  take(event: CollectEvent): void;
  takeDownload(event: DownloadEvent): void;
  /** Shows how far things are, if it is time to. `groups`: whose tasks are of interest. */
  tick(ledger: Ledger, groups: ReadonlySet<string>): void;
  end(summary: CollectSummary): void;
  stop(): void;
}

/** NDJSON: every event, then one line of type `done`, `stopped` or `error` with the exit status. */
export class JsonPrinter implements Printer {
  take(event: CollectEvent): void {
    console.log(JSON.stringify(event));
  }

  takeDownload(event: DownloadEvent): void {
    if (event.type !== 'received') console.log(JSON.stringify(event));
  }

  tick(): void {
    // Programs count events.
  }

  end(summary: CollectSummary): void {
    console.log(JSON.stringify({ type: 'done', ...summary }));
  }

  stop(): void {
    // What was printed stands for itself.
  }
}

const REDRAW_MS = 250;

/** Lines that stay on standard output, troubles and progress on standard error. */
export class LinePrinter implements Printer {
  readonly #screen = new LiveScreen(process.stderr);
  readonly #style = styleFor(process.stderr, process.env);
  readonly #startedMs = Date.now();
  readonly #told = new Set<string>();
  #drawnMs = -Infinity;

  take(event: CollectEvent): void {
    const failure = this.#failureOf(event);
    if (failure !== null) this.#screen.say(failure, process.stderr);
    for (const line of describe(event)) this.#screen.say(line, process.stdout);
  }

  takeDownload(event: DownloadEvent): void {
    const line = describeDownload(event);
    if (line !== null) this.#screen.say(line, process.stderr);
  }

  tick(ledger: Ledger, groups: ReadonlySet<string>): void {
    if (this.#screen.isLive && performance.now() - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = performance.now();
    const snapshot = (): ReturnType<typeof readStatus> =>
      readStatus(ledger, { nowMs: Date.now(), sinceMs: this.#startedMs, groups });
    this.#screen.show({
      block: (size) => renderLiveBlock(snapshot(), { ...size, ...this.#style }),
      line: (width) => renderLine(snapshot(), width),
    });
  }

  /** A symbol that failed because of an object would only repeat what was said of the object. */
  #failureOf(event: CollectEvent): string | null {
    if (event.type !== 'object-failed' && event.type !== 'symbol-failed') return null;
    const { code, message } = event;
    if (this.#told.has(message)) return null;
    this.#told.add(message);
    return `${nameOf(event)}  ${event.type === 'object-failed' ? `${event.period}  ` : ''}failed: ${code}: ${message}`;
  }

  end(summary: CollectSummary): void {
    this.#screen.end({ clear: true });
    const { seconds, rows, bytes, objectsMilled, monthsBuilt, monthsReused } = summary;
    console.log(
      `${formatCount(monthsBuilt)} months built from ${formatCount(objectsMilled)} objects ` +
        `(${formatBytes(bytes)}, ${formatCount(rows)} rows), ${formatCount(monthsReused)} reused, ` +
        `in ${seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(seconds)}` +
        (rows > 0 ? `, ${formatCount(Math.round(rows / seconds))} rows/s` : ''),
    );
    const { symbolsDone, symbolsPartial, symbolsFailed } = summary;
    if (symbolsPartial + symbolsFailed > 0) {
      console.log(`symbols: ${symbolsDone} complete, ${symbolsPartial} partial, ${symbolsFailed} failed`);
    }
  }

  stop(): void {
    this.#screen.end({ clear: true });
  }
}

const isTicks = ({ stream = 'aggTrades' }: { readonly stream?: string }): boolean => stream === 'aggTrades';

/** The symbol, with the stream when that is not the usual one: `BTCUSDT  klines:1h`. */
function nameOf(event: { readonly symbol: string; readonly stream?: string }): string {
  return isTicks(event) ? event.symbol : `${event.symbol}  ${event.stream ?? ''}`;
}

/** Lines worth keeping; most events have none. */
function describe(event: CollectEvent): string[] {
  switch (event.type) {
    case 'planned':
      return [
        ...describeMissing(nameOf(event), event.missingPeriods),
        ...event.notes.map((note) => `${nameOf(event)}  ${note}`),
      ];
    case 'month-started':
      return [`${nameOf(event)}  ${event.month}  building: ${event.reason}`];
    case 'object-milled':
      // Nobody publishes a .CHECKSUM for what Tardis has.
      return describeAccount(
        event.object,
        event.account,
        event.stream?.startsWith('tardis:') ? 'verified' : event.checksum,
      );
    case 'month-written': {
      const rows = formatCount(event.minutes);
      const what = isTicks(event) ? `${rows} minutes from ${formatCount(event.rows)} ticks` : `${rows} rows`;
      return [
        `${nameOf(event)}  ${event.month}  ${what}`,
        ...event.notes.map((note) => `${nameOf(event)}  ${event.month}  ${note}`),
      ];
    }
    case 'symbol-settled':
      return [
        `${isTicks(event) ? `${event.symbol}  1h` : nameOf(event)}  ` +
          `${formatCount(event.bars)} ${isTicks(event) ? 'bars' : 'rows'}, ${event.dataStatus}, ` +
          `${event.status}${event.reason === null ? '' : ` (${event.reason})`}: ${event.csv}`,
      ];
    case 'object-failed':
    case 'symbol-failed':
      return [];
    case 'task-retry':
      return [
        `${event.task}  attempt ${event.attempt} failed: ${event.code}: ${event.reason}; ` +
          `again in ${formatDuration(event.retryDelayMs / 1000)}`,
      ];
    case 'task-lost':
      return [`${event.task}  ${event.reason}; another worker takes it`];
  }
}

/** Holes one by one; days before the first and after the last object in one line each. */
function describeMissing(symbol: string, missing: readonly MissingPeriod[]): string[] {
  const holes = missing.filter(({ reason }) => reason === 'not listed');
  const lines = holes.map(({ period }) => `${symbol}  ${period}  hole: the archive has no object`);
  for (const reason of ['before listing', 'after delisting'] as const) {
    const periods = missing.filter((period) => period.reason === reason);
    const [first, last] = [periods[0], periods.at(-1)];
    if (!first || !last) continue;
    const span = first === last ? first.period : `${first.period} … ${last.period}`;
    lines.push(
      `${symbol}  ${span}  ${reason === 'before listing' ? 'before its first' : 'after its last'} object`,
    );
  }
  return lines;
}

function describeAccount(object: string, account: RowAccount, checksum: 'verified' | 'missing'): string[] {
  const parts = [
    [account.duplicate, 'duplicate'],
    [account.sentinel, 'sentinel'],
    [account.outside, 'outside the period'],
    [account.malformed, 'malformed'],
    [account.zeroQuantity, 'of zero quantity'],
    [account.conflictingIds, 'with a conflicting id'],
    [account.outOfOrder, 'out of order'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  if (account.missingAggIds > 0) {
    said.push(
      `${formatCount(account.missingAggIds)} ids missing in ${formatCount(account.missingAggIdRanges)} ranges`,
    );
  }
  if (checksum === 'missing') said.push('no .CHECKSUM');
  const name = object.split('/').at(-1)!;
  return said.length === 0 ? [] : [`  ${name}: ${formatCount(account.rows)} rows, ${said.join(', ')}`];
}

/** Troubles on the network are worth a line, whether they end well or not. */
function describeDownload(event: DownloadEvent): string | null {
  switch (event.type) {
    case 'retry':
      return `${event.url}: attempt ${event.attempt} failed: ${event.reason}; again in ${(event.delayMs / 1000).toFixed(1)} s`;
    case 'mismatch':
      return `${event.object}: its hash differs from its .CHECKSUM; fetching it again`;
    case 'quarantined':
      return `${event.object}: its hash still differs; moved to ${event.path}`;
    case 'no-index':
      return `${event.index}: no index (${event.reason}); asking for objects one by one`;
    case 'received':
    case 'downloaded':
      return null;
  }
}
