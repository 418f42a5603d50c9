import type { Database } from '../sqlite/index.js';
import { DAY_MS, type Period, monthOf, parsePeriod } from '../time/index.js';
import type { HoleSpan, HoleStatus } from './snapshot.js';

/** What planning said of a group last: days that the archive lacks, or why there is nothing to do. */
export interface PlanningFacts {
  readonly group: string;
  readonly atMs: number;
  readonly missing: readonly string[];
  /** Null when it was planned. */
  readonly failure: { readonly code: string; readonly reason: string } | null;
}

/** Events of a group as a whole have no key, and keys are indexed: this reads a few rows of many. */
export function readPlanning(db: Database): PlanningFacts[] {
  const rows = db.all(
    `SELECT grp, max(id) AS id, at, type, data FROM events
     WHERE key IS NULL AND grp IS NOT NULL AND type IN ('planned', 'symbol-failed') GROUP BY grp`,
  );
  return rows.map((row) => {
    const data = JSON.parse((row['data'] as string | null) ?? '{}') as {
      missingPeriods?: { period?: string; reason?: string }[];
      code?: string;
      message?: string;
    };
    return {
      group: row['grp'] as string,
      atMs: row['at'] as number,
      missing: (data.missingPeriods ?? [])
        .filter(({ reason }) => reason === 'not listed')
        .flatMap(({ period }) => period ?? []),
      failure:
        row['type'] === 'symbol-failed'
          ? { code: data.code ?? 'E_WORKER', reason: data.message ?? 'nobody said why' }
          : null,
    };
  });
}

/** Missing months (from tasks) and days (from planning) as spans, by group. */
export function spanHoles(
  missing: readonly { readonly group: string; readonly period: string }[],
): HoleStatus[] {
  const groups = new Map<string, Set<string>>();
  for (const { group, period } of missing) {
    const periods = groups.get(group) ?? new Set<string>();
    groups.set(group, periods.add(period));
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, periods]) => ({ group, spans: spansOf([...periods]) }))
    .filter(({ spans }) => spans.length > 0);
}

/** Days of a month that is missing as a whole are not said again. */
function spansOf(keys: readonly string[]): HoleSpan[] {
  const months = new Set(keys.filter((key) => /^\d{4}-\d{2}$/.test(key)));
  const periods = keys
    .filter((key) => months.has(key) || (/^\d{4}-\d{2}-\d{2}$/.test(key) && !months.has(key.slice(0, 7))))
    .map(parsePeriod)
    .sort((a, b) => a.startMs - b.startMs);
  const spans: HoleSpan[] = [];
  let last: Period | null = null;
  for (const period of periods) {
    const span = spans.at(-1);
    if (span && last?.kind === period.kind && follows(last, period)) {
      spans[spans.length - 1] = { ...span, to: period.key, count: span.count + 1 };
    } else {
      spans.push({ from: period.key, to: period.key, unit: period.kind, count: 1 });
    }
    last = period;
  }
  return spans;
}

function follows(before: Period, after: Period): boolean {
  return before.kind === 'day'
    ? after.startMs - before.startMs === DAY_MS
    : monthOf(before.endMs).key === after.key;
}
