import type { ErrorCode } from '../errors.js';
import {
  type ImportAccount,
  type ImportProgress,
  type TradesDay,
  importTardis,
  importTardisTrades,
  tardisFolder,
} from '../imports/index.js';
import type { MissingPeriod } from '../layer/index.js';
import { findHoles, isPartial } from '../outputs/index.js';
import type { RowAccount } from '../ticks/index.js';
import { parsePeriod, parseRange } from '../time/index.js';
import type { TaskContext, TaskOutcome, TaskRow } from '../work/index.js';
import { type BarsOutcome, failure } from './outcome.js';
import type { TardisImportPayload } from './payload.js';
import { type TardisDay, examineTardis, mustImport } from './tardis-days.js';
import type { FetchOutcome } from './tardis-fetch.js';
import { outputFolder } from './tardis-plan.js';

/**
 * Imports the files that were fetched, of all months at once, and says what of the range there is then. A file that
 * cannot be used costs its day only.
 * @param tasks of the group, those that fetched among them
 * @throws `E_LAYER`, what ends the run, what `publish` throws
 */
export async function importTardisRange(
  payload: TardisImportPayload,
  tasks: readonly TaskRow[],
  context: TaskContext,
): Promise<TaskOutcome> {
  const { stream, symbol } = payload;
  const range = parseRange(payload.range.start, payload.range.end);
  const after = new Set(payload.after);
  const before = tasks.filter(({ key }) => after.has(key));
  const fetches = before.flatMap(({ result }) => (result as FetchOutcome | null) ?? []);
  const found = await examineTardis(payload, range);
  const failed: MissingPeriod[] = fetches.flatMap((fetch) => fetch.failed);
  const toImport = found.filter(mustImport);
  if (toImport.length > 0) {
    context.advance({ phase: 'milling' });
    await context.inTurn(() => importFiles(payload, new Reports(payload, found, failed, context), context));
  }
  const days = toImport.length > 0 ? await examineTardis(payload, range) : found;
  const missing = missingOf(days, failed);
  const stored = days.filter((day) => day.stored !== null);
  if (stored.length === 0) {
    // What made files fail says more than that there is nothing.
    const [first] = failed;
    const [code, ...message] = first?.detail?.split(': ') ?? ['E_NOT_FOUND'];
    const nothing = `Tardis has no ${payload.channel} of ${symbol} from ${range.start} to ${range.end}`;
    return failure(code as ErrorCode, first ? message.join(': ') : nothing);
  }
  const rows = stored.reduce((sum, day) => sum + (day.stored?.rows ?? 0), 0);
  const result: BarsOutcome = { dataStatus: isPartial(missing) ? 'partial' : 'ok', rows };
  const status = toImport.length > 0 ? 'written' : 'unchanged';
  context.report('symbol-settled', {
    ...{ stream, symbol, status, reason: null, dataStatus: result.dataStatus, bars: rows },
    ...{ csv: outputFolder(payload), missingPeriods: missing },
  });
  return { state: 'done', result };
}

async function importFiles(
  { dataDir, channel, symbol, exchange, thresholds, range }: TardisImportPayload,
  reports: Reports,
  { publish }: TaskContext,
): Promise<void> {
  const shared = {
    ...{ path: tardisFolder(dataDir), dataDir, symbols: [symbol], exchange, publish },
    range: parseRange(range.start, range.end),
  };
  if (channel === 'trades') {
    await importTardisTrades({
      ...shared,
      thresholds,
      onDay: (day) => {
        reports.day(day);
      },
    });
  } else {
    await importTardis(channel, {
      ...shared,
      onProgress: (event) => {
        reports.file(event);
      },
    });
  }
}

/** Tells of an import as of a collection from an archive. */
class Reports {
  readonly #byFile: ReadonlyMap<string, TardisDay>;

  /** @param failed files that cannot be used are added to it */
  constructor(
    private readonly of: TardisImportPayload,
    days: readonly TardisDay[],
    private readonly failed: MissingPeriod[],
    private readonly context: TaskContext,
  ) {
    this.#byFile = new Map(days.map((day) => [day.file, day]));
  }

  file(event: ImportProgress): void {
    this.context.signal.throwIfAborted();
    if (event.type === 'written') {
      const { month, path, rows } = event;
      this.#report('month-written', month, { path, minutes: rows, rows, notes: [] });
    } else if (event.type === 'read') {
      this.#milled(event.file, asRowAccount(event.account), event.account);
    } else {
      this.#failed(event.file, event.error);
    }
  }

  day({ file, status, account, error }: TradesDay): void {
    this.context.signal.throwIfAborted();
    if (status === 'milled' && account) this.#milled(file, account);
    if (status === 'failed' && error) this.#failed(file, error);
  }

  #milled(file: string, account: RowAccount, sourceAccount?: ImportAccount): void {
    const bytes = this.#byFile.get(file)?.bytes ?? 0;
    this.context.advance({ bytes, rows: account.rows });
    this.#report('object-milled', this.#dayOf(file).slice(0, 7), {
      ...{ object: `tardis/${file}`, bytes, checksum: 'missing', account, seconds: 0 },
      ...(sourceAccount && { sourceAccount }),
    });
  }

  #failed(path: string, { code, message }: { readonly code: ErrorCode; readonly message: string }): void {
    const file = path.split(/[\\/]/).at(-1)!;
    const period = this.#dayOf(file);
    this.failed.push({ period, reason: 'failed', detail: `${code}: ${message}` });
    const object = `tardis/${file}`;
    this.#report('object-failed', period.slice(0, 7), { object, period, code, message });
  }

  #report(type: string, month: string, data: Readonly<Record<string, unknown>>): void {
    this.context.report(type, { stream: this.of.stream, symbol: this.of.symbol, month, ...data });
  }

  #dayOf(file: string): string {
    return this.#byFile.get(file)?.day.key ?? /\d{4}-\d{2}-\d{2}/.exec(file)?.[0] ?? '';
  }
}

/** Days without a file, as of an archive: those before the first and after the last one are no holes. */
function missingOf(days: readonly TardisDay[], failed: readonly MissingPeriod[]): MissingPeriod[] {
  const stored = days.filter((day) => day.stored !== null).map(({ day }) => day);
  const [first, last] = [stored[0], stored.at(-1)];
  const why = new Map(failed.map((period) => [period.period, period]));
  const known = days
    .filter((day) => day.stored === null)
    .map(({ day: { key, startMs } }): MissingPeriod => {
      if (why.has(key)) return why.get(key)!;
      if (!first || startMs < first.startMs) return { period: key, reason: 'before listing' };
      return { period: key, reason: startMs > last!.startMs ? 'after delisting' : 'not listed' };
    });
  return findHoles(
    stored.map(({ key }) => parsePeriod(key)),
    known,
    null,
  );
}

/** In the words of ticks; what an import has no such word for is in its own account. */
function asRowAccount(account: ImportAccount): RowAccount {
  const { rows, accepted, duplicate, contradictory, outside, malformed, unsorted, firstTs, lastTs } = account;
  return {
    ...{ rows, accepted, duplicate: duplicate + contradictory, outside, malformed, firstTs, lastTs },
    ...{ outOfOrder: unsorted, sentinel: 0, zeroQuantity: 0, conflictingIds: 0 },
    ...{ firstAggId: null, lastAggId: null, missingAggIds: 0, missingAggIdRanges: 0, missingAggIdList: [] },
    ...{ tradeIdGaps: 0, outsideBefore: null, outsideAfter: null, header: true, timeUnit: 'us' },
    firstMalformed: account.firstMalformed && {
      line: account.firstMalformed.line,
      text: account.firstMalformed.text,
    },
  };
}
