import { existsSync } from 'node:fs';
import { TapemillError } from '../errors.js';
import { type LayerFacts, findLayerFacts, listMonths, listSymbols } from '../layer/index.js';
import { MARKETS } from '../market/index.js';
import { type LedgerView, openLedgerView, plural } from '../watch/index.js';
import { type Finding, messageOf, ok, trouble } from './check.js';

/** A month file and what its footer says; null facts: it cannot be read. */
export interface FoundMonth {
  readonly path: string;
  readonly market: string;
  readonly symbol: string;
  readonly month: string;
  readonly facts: LayerFacts | null;
}

export async function readLayer(dataDir: string): Promise<FoundMonth[]> {
  const found: FoundMonth[] = [];
  for (const market of MARKETS) {
    for (const symbol of await listSymbols(dataDir, market)) {
      for (const { path, month } of await listMonths(dataDir, market, symbol)) {
        const facts = await findLayerFacts(path).catch((error: unknown) => {
          if (TapemillError.is(error)) return null;
          throw error;
        });
        found.push({ path, market, symbol, month: month.key, facts });
      }
    }
  }
  return found;
}

export function checkLayer(months: readonly FoundMonth[]): Finding {
  const damaged = months.filter(({ facts }) => facts === null).map(({ path }) => path);
  if (damaged.length === 0) {
    return ok('layer', 'Minute layer', `${plural(months.length, 'month file')}, all footers readable`);
  }
  return trouble(
    'fail',
    'layer',
    'Minute layer',
    `${plural(damaged.length, 'month file')} of ${months.length} cannot be read (E_LAYER)`,
    'Delete them and run the same collect again: it makes them anew.',
    { items: damaged },
  );
}

/** What is known of the ledger file, and the way into it when there is one. */
export interface LedgerState {
  readonly findings: readonly Finding[];
  /** Null when it is missing or cannot be used. */
  readonly view: LedgerView | null;
  /** Whether making it anew from the layer would help. */
  readonly isRebuildable: boolean;
}

/** Opens the ledger, and checks the file as a whole. The caller closes the view. */
export function openAndCheck(path: string, months: readonly FoundMonth[]): LedgerState {
  const [id, title] = ['ledger', 'Ledger'];
  if (!existsSync(path)) {
    const isRebuildable = months.length > 0;
    const finding = isRebuildable
      ? trouble(
          'warn',
          id,
          title,
          `there is none, but ${plural(months.length, 'month file')}`,
          'It can be made anew from the layer.',
          {
            isFixable: true,
            items: [path],
          },
        )
      : ok(id, title, 'none yet; the first collect makes it');
    return { findings: [finding], view: null, isRebuildable };
  }
  let view: LedgerView | null = null;
  try {
    view = openLedgerView(path);
    const answers = view.db.all('PRAGMA integrity_check').map((row) => String(Object.values(row)[0]));
    if (answers.join() !== 'ok') throw new Error(`integrity check: ${answers.slice(0, 3).join('; ')}`);
    const versions = view.db.all('SELECT name, version FROM schemas ORDER BY name');
    const said = versions.map((row) => `${String(row['name'])} ${String(row['version'])}`).join(', ');
    return { findings: [ok(id, title, `opens, is intact; schema ${said}`)], view, isRebuildable: false };
  } catch (error) {
    view?.close();
    const found = TapemillError.is(error) ? Number(error.context.found ?? NaN) : NaN;
    const expected = TapemillError.is(error) ? Number(error.context.expected ?? NaN) : NaN;
    // A version that is not ours is no damage: an older or newer tapemill may be using it.
    const isForeign = Number.isFinite(found) && Number.isFinite(expected);
    const isBusy = TapemillError.is(error) && (error.code === 'E_LEDGER_BUSY' || error.code === 'E_IO');
    const isRebuildable = !isForeign && !isBusy;
    const remedy = isForeign
      ? found > expected
        ? 'It was made by a later tapemill: use that one.'
        : 'Move it away, then `tapemill doctor --fix` makes it anew from the layer.'
      : isBusy
        ? 'Look for a stopped tapemill process, and at the permissions of the file.'
        : 'It is moved aside and made anew from the layer; only its history is lost.';
    return {
      findings: [
        trouble('fail', id, title, messageOf(error), remedy, { isFixable: isRebuildable, items: [path] }),
      ],
      view: null,
      isRebuildable,
    };
  }
}

/** Whether the ledger and the layer tell the same. @returns also whether rebuilding helps */
export function checkAgreement(
  { db }: LedgerView,
  months: readonly FoundMonth[],
): { readonly findings: readonly Finding[]; readonly isRebuildable: boolean } {
  const [id, title] = ['agreement', 'Ledger and layer'];
  const rows = db.all(
    'SELECT key, market, stream, symbol, period, sha256 FROM objects WHERE sha256 IS NOT NULL',
  );
  const hashes = new Map(rows.map((row) => [row['key'] as string, row['sha256'] as string]));
  const unknown = months.filter(({ facts }) =>
    facts?.sources.some(({ key, sha256 }) => hashes.get(key) !== sha256),
  );
  const onDisk = new Set(months.map(({ market, symbol, month }) => `${market}/${symbol}/${month}`));
  const gone = new Set(
    rows
      .filter((row) => row['stream'] === 'aggTrades')
      .map((row) => `${String(row['market'])}/${String(row['symbol'])}/${String(row['period']).slice(0, 7)}`)
      .filter((name) => !onDisk.has(name)),
  );
  const findings: Finding[] = [];
  if (unknown.length > 0) {
    findings.push(
      trouble(
        'warn',
        id,
        title,
        `${plural(unknown.length, 'month file')} made of objects that the ledger does not know`,
        'They are added from the footers of the layer.',
        { isFixable: true, items: unknown.map(({ path }) => path) },
      ),
    );
  }
  if (gone.size > 0) {
    findings.push(
      trouble(
        'warn',
        'months-gone',
        title,
        `${plural(gone.size, 'month')} milled once, of which the file is gone`,
        'If you did not delete them on purpose, run the same collect again: it makes them anew.',
        { items: [...gone].sort() },
      ),
    );
  }
  if (findings.length === 0) findings.push(ok(id, title, `agree on ${plural(months.length, 'month')}`));
  return { findings, isRebuildable: unknown.length > 0 };
}
