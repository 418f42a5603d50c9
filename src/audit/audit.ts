import { type Archive, KNOWN_DEFECTS, type KnownDefect } from '../archive/index.js';
import { EXIT, type ExitStatus, TapemillError } from '../errors.js';
import { type SymbolAudit, auditSymbol } from './audit-symbol.js';
import type { SymbolRequest } from './audit-symbol.js';
import { updateQuality } from './quality-ledger.js';
import { type Totals, addTotals, noTotals } from './totals.js';

export interface AuditRequest extends Omit<SymbolRequest, 'symbol' | 'registry' | 'archive'> {
  readonly symbols: readonly string[];
  readonly archive: Archive | null;
  /** Beside those that tapemill ships. */
  readonly knownDefects?: readonly KnownDefect[];
  /** Whether the quality ledger is brought up to date; it is, if absent. */
  readonly isRecorded?: boolean;
  /** Called as soon as a symbol is done. */
  readonly onSymbol?: (audit: SymbolAudit) => void;
}

export interface AuditFailure {
  readonly symbol: string;
  readonly error: TapemillError;
}

export interface AuditReport {
  readonly exitStatus: ExitStatus;
  readonly symbols: readonly SymbolAudit[];
  readonly failures: readonly AuditFailure[];
  readonly totals: Totals;
  readonly seconds: number;
}

/**
 * Audits symbols one after the other and brings the quality ledger up to date. One symbol's damaged file does not keep
 * the others from theirs.
 * @throws what ends everything: `E_IO`, `E_DISK_FULL`, `E_FORBIDDEN`, `E_GEOBLOCKED`, the signal's reason
 */
export async function audit(request: AuditRequest): Promise<AuditReport> {
  const started = performance.now();
  const { symbols, archive, knownDefects = [], isRecorded = true, onSymbol, ...common } = request;
  const registry = [...knownDefects, ...KNOWN_DEFECTS];
  const audits: SymbolAudit[] = [];
  const failures: AuditFailure[] = [];
  for (const symbol of symbols) {
    try {
      const done = await auditSymbol({ ...common, symbol, archive, registry });
      audits.push(done);
      onSymbol?.(done);
    } catch (error) {
      const isOwn = TapemillError.is(error) && (error.code === 'E_LAYER' || error.code === 'E_NO_LAYER');
      if (!isOwn) throw error;
      failures.push({ symbol, error });
    }
  }
  if (isRecorded && audits.length > 0) await updateQuality(common.dataDir, audits);
  const totals = noTotals();
  for (const one of audits) addTotals(totals, one.totals);
  const exitStatus = statusOf(audits, failures);
  return { exitStatus, symbols: audits, failures, totals, seconds: (performance.now() - started) / 1000 };
}

/** 0: all equal, or different for a named reason. 3: klines, or a symbol, are missing. 4: differences that nothing explains. */
function statusOf(audits: readonly SymbolAudit[], failures: readonly AuditFailure[]): ExitStatus {
  if (audits.length === 0 && failures[0]) return failures[0].error.exitStatus;
  if (audits.some(({ totals }) => totals.off.unexplained > 0)) return EXIT.integrity;
  const isPartial = audits.some(
    ({ totals, klinesMissing }) => totals.withoutKline > 0 || klinesMissing.length > 0,
  );
  return isPartial || failures.length > 0 ? EXIT.partial : EXIT.done;
}
