import { beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import { DEFECT_KINDS, type DefectReport } from '../../src/simulator/index.js';
import type { RowAccount } from '../../src/ticks/index.js';
import { snapshot, temporaryFolder } from '../cli/run.js';
import { type Collected, archiveOf, bits, collectRun, eventsOf, layerMonth } from './collecting.js';

/**
 * Every defect of aggTrades that the simulator can plant, each in a symbol of its own, beside the same symbols
 * without it. What comes of it:
 * - `same`: the layer has the bits it has without the defect
 * - `other`: rows are truly different; the account says how
 * - `days`: the symbol traded on fewer days or hours, and nothing is wrong with that
 * - `hole`: a listed range has a gap
 * - a code: the object is refused
 */
type Outcome = 'same' | 'other' | 'days' | 'hole' | ErrorCode;

const EXPECTED: Readonly<Record<string, Outcome>> = {
  halt: 'days',
  'late-listing': 'days',
  delisting: 'days',
  're-listing-gap': 'hole',
  'edge-pair': 'other',
  'consecutive-duplicates': 'same',
  'conflicting-id': 'other',
  'zero-quantity': 'other',
  sentinel: 'other',
  'truncated-day': 'other',
  'missing-ids': 'other',
  'missing-fills': 'other',
  'shuffled-rows': 'same',
  'neighbour-day-rows': 'same',
  'wrong-period-rows': 'E_CSV_TIME',
  'malformed-rows-many': 'E_CSV_MALFORMED',
  'no-header-on-new': 'same',
  'header-timestamp': 'same',
  'columns-reordered': 'same',
  'unknown-header': 'E_CSV_LAYOUT',
  'extra-column': 'E_CSV_LAYOUT',
  crlf: 'same',
  'no-final-newline': 'same',
  'scientific-notation': 'same',
  'upper-case-booleans': 'same',
  'numeric-booleans': 'same',
  microseconds: 'same',
  'iso-time': 'same',
  'corrupt-zip': 'E_ZIP',
  'truncated-zip': 'E_ZIP',
  'crc-mismatch': 'E_ZIP_CRC',
  'lying-size': 'E_ZIP_SIZE',
  bomb: 'E_ZIP_SIZE',
  'declared-bomb': 'E_ZIP_SIZE',
  'two-csv': 'E_ZIP_MEMBER',
  'no-csv': 'E_ZIP_MEMBER',
  'path-trick': 'E_ZIP_MEMBER',
  'foreign-member-name': 'same',
  'stored-zip': 'same',
  zip64: 'same',
  'missing-day': 'hole',
  'wrong-checksum': 'E_CHECKSUM',
  'missing-checksum': 'same',
  'malformed-checksum': 'E_CHECKSUM_FORMAT',
};
/** Of these only the monthly object, or how it disagrees with the daily ones, is at fault. */
const MONTHLY: Readonly<Record<string, Outcome>> = {
  'missing-day-in-monthly': 'same',
  'monthly-daily-disagree': 'other',
  'alternating-streams': 'same',
  'unpadded-month': 'same',
  'missing-month': 'same',
  // One line in an object of more than 1,000.
  'malformed-rows-few': 'same',
};

/** Where no object has a header. */
const HEADERLESS: Readonly<Record<string, Outcome>> = { 'header-on-old': 'same' };

const DAY = '2024-01-03';
const RANGE = ['2024-01-02', '2024-01-06'] as const;
const symbolOf = (kind: string): string => `${kind.replaceAll('-', '').toUpperCase()}USDT`;

interface Twins {
  readonly planted: ReadonlyMap<string, DefectReport>;
  readonly clean: { readonly dataDir: string; readonly run: Collected };
  readonly faulty: { readonly dataDir: string; readonly run: Collected };
}

async function twins(
  kinds: readonly string[],
  [start, end]: readonly [string, string],
  period: (kind: string) => string,
  own: { ticksPerMonth: number; monthly?: boolean; header?: boolean },
): Promise<Twins> {
  const symbols = kinds.map(symbolOf);
  const defects = kinds.map((kind) => `${kind}:${symbolOf(kind)}:${period(kind)}`);
  const [well, ill] = [
    await archiveOf(start, end, { symbols, ...own }),
    await archiveOf(start, end, { symbols, defects, ...own }),
  ];
  const collected = async (archive: string): Promise<Twins['clean']> => {
    const dataDir = temporaryFolder();
    return { dataDir, run: await collectRun({ archive, dataDir, symbols }) };
  };
  return {
    planted: new Map(ill.planted.map((report) => [report.kind, report])),
    clean: await collected(well.outDir),
    faulty: await collected(ill.outDir),
  };
}

/** Counts of the account that the simulator counts too. */
const COUNTED = [
  'duplicate',
  'sentinel',
  'outside',
  'malformed',
  'zeroQuantity',
  'outOfOrder',
  'conflictingIds',
  'missingAggIds',
  'tradeIdGaps',
] as const satisfies readonly (keyof RowAccount)[];

function accounts({ run }: Twins['clean'], symbol: string): Map<string, RowAccount> {
  const milled = eventsOf(run, 'object-milled').filter((event) => event.symbol === symbol);
  return new Map(milled.map(({ object, account }) => [object, account]));
}

function sum(account: RowAccount): number {
  return account.accepted + account.duplicate + account.sentinel + account.outside + account.malformed;
}

/** The account differs from that of the object without the defect by just what was planted. */
function expectPlantedCounts({ planted, clean, faulty }: Twins, kind: string): void {
  const symbol = symbolOf(kind);
  const [before, after] = [accounts(clean, symbol), accounts(faulty, symbol)];
  for (const { key, changed } of planted.get(kind)?.objects ?? []) {
    const account = after.get(key);
    const twin = before.get(key);
    if (!account || !twin) continue;
    expect(account.rows).toBe(sum(account));
    for (const name of COUNTED) {
      const wanted = changed[name];
      if (wanted !== undefined) expect([key, name, account[name] - twin[name]]).toEqual([key, name, wanted]);
    }
    if (changed['rowsLost'] !== undefined) expect(twin.accepted - account.accepted).toBe(changed['rowsLost']);
  }
}

async function expectOutcome(twin: Twins, kind: string, outcome: Outcome): Promise<void> {
  const { clean, faulty } = twin;
  const symbol = symbolOf(kind);
  const settled = eventsOf(faulty.run, 'symbol-settled').find((event) => event.symbol === symbol);
  const failures = eventsOf(faulty.run, 'object-failed').filter((event) => event.symbol === symbol);
  const [well, ill] = [
    await layerMonth(clean.dataDir, symbol, '2024-01'),
    await layerMonth(faulty.dataDir, symbol, '2024-01'),
  ];
  if (outcome === 'same') {
    expect(bits(ill.bars)).toEqual(bits(well.bars));
  } else if (outcome === 'other' || outcome === 'days') {
    expect(bits(ill.bars)).not.toEqual(bits(well.bars));
  } else if (outcome === 'hole') {
    expect(settled?.missingPeriods[0]).toEqual({ period: DAY, reason: 'not listed' });
  } else {
    expect(failures.map(({ period }) => period)).toEqual([DAY]);
    // What damaged data inflate to, if at all, is up to chance.
    if (kind === 'corrupt-zip') expect(failures[0]?.code).toMatch(/^E_ZIP(_SIZE|_CRC)?$/);
    else expect(failures[0]?.code).toBe(outcome);
    expect(settled?.missingPeriods).toMatchObject([{ period: DAY, reason: 'failed' }]);
    expect(ill.facts.missingPeriods).toEqual(settled?.missingPeriods);
    expect(ill.facts.sources.map(({ period }) => period)).not.toContain(DAY);
    expect(
      ill.bars.columns.minute.some(
        (minute) => Math.floor(minute / 86_400_000) === Date.parse(DAY) / 86_400_000,
      ),
    ).toBe(false);
  }
  const isComplete = outcome === 'same' || outcome === 'other' || outcome === 'days';
  expect(settled?.dataStatus).toBe(isComplete ? 'ok' : 'partial');
  if (isComplete) expect(failures).toEqual([]);
}

it('knows every defect of aggTrades', () => {
  const known = DEFECT_KINDS.filter(({ dataType }) => dataType === 'aggTrades').map(({ kind }) => kind);
  expect([...Object.keys(EXPECTED), ...Object.keys(MONTHLY), ...Object.keys(HEADERLESS)].sort()).toEqual(
    known.sort(),
  );
});

describe('a defect in a daily object', () => {
  let twin: Twins;
  beforeAll(async () => {
    twin = await twins(Object.keys(EXPECTED), RANGE, () => DAY, { ticksPerMonth: 8000, monthly: false });
  });

  it.each(Object.entries(EXPECTED))('%s: %s', async (kind, outcome) => {
    await expectOutcome(twin, kind, outcome);
    expectPlantedCounts(twin, kind);
  });

  it('leaves nothing half-written and tells of the rest', () => {
    const { summary } = twin.faulty.run;
    const refused = Object.values(EXPECTED).filter((outcome) => outcome.startsWith('E_')).length;
    const holes = Object.values(EXPECTED).filter((outcome) => outcome === 'hole').length;
    expect(summary).toMatchObject({
      exitStatus: 3,
      symbolsFailed: 0,
      symbolsPartial: refused + holes,
      objectsFailed: refused,
    });
    expect(
      Object.keys(snapshot(twin.faulty.dataDir)).filter(
        (path) => !/\.(parquet|csv|csv\.meta\.json)$/.test(path),
      ),
    ).toEqual([]);
  });
});

describe('a defect in a monthly object', () => {
  let twin: Twins;
  beforeAll(async () => {
    const ofDays = ['missing-day-in-monthly', 'monthly-daily-disagree'];
    const period = (kind: string): string => (ofDays.includes(kind) ? DAY : '2024-01');
    twin = await twins(Object.keys(MONTHLY), ['2024-01', '2024-01'], period, { ticksPerMonth: 1500 });
  });

  it.each(Object.entries(MONTHLY))('%s: %s', async (kind, outcome) => {
    await expectOutcome(twin, kind, outcome);
    expectPlantedCounts(twin, kind);
  });
});

describe('a defect where objects have no header', () => {
  it.each(Object.entries(HEADERLESS))('%s: %s', async (kind, outcome) => {
    await expectOutcome(
      await twins([kind], RANGE, () => DAY, { ticksPerMonth: 1500, header: false }),
      kind,
      outcome,
    );
  });
});
