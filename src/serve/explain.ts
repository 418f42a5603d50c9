import { explainMinute } from '../audit/index.js';
import type { Market } from '../market/index.js';
import { type EpochMs, HOUR, MINUTE_MS } from '../time/index.js';
import type { ExplainAnswer } from './api.js';

/** As `tapemill explain --json` counts it. */
const EXPLANATION_VERSION = 1;

/** What one minute rests on, from the data folder alone. @throws `E_NO_LAYER`, `E_LAYER`, `E_IO` */
export async function explainAnswer(
  dataDir: string,
  market: Market,
  symbol: string,
  atMs: EpochMs,
): Promise<ExplainAnswer> {
  const explanation = await explainMinute({
    ...{ dataDir, market, symbol, startMs: Math.floor(atMs / MINUTE_MS) * MINUTE_MS },
    frequency: null,
    formulasOf: HOUR,
    archive: null,
    withRows: false,
  });
  return { type: 'explanation', schemaVersion: EXPLANATION_VERSION, ...explanation };
}
