import type { Market } from '../../market/index.js';
import type { Frequency } from '../../time/index.js';
import { type InputMonth, inputMonth } from './digest.js';
import { viewFunding } from './funding.js';
import { viewMetrics } from './metrics.js';
import type { Span } from './span.js';
import { viewTriad } from './triad.js';

/** Month files of the archive's sources that bars of the span are made of, from footers alone. @throws `E_LAYER`, `E_IO` */
export async function inputsOfSources(
  dataDir: string,
  market: Market,
  symbol: string,
  span: Span,
  frequency: Frequency,
  wanted: { readonly funding: boolean; readonly metrics: boolean; readonly triad: boolean },
): Promise<InputMonth[]> {
  const inputs: InputMonth[] = [];
  if (wanted.funding) {
    const months = await viewFunding(dataDir, market, symbol, span);
    inputs.push(...months.map(({ facts }) => inputMonth('fundingRate', facts)));
  }
  if (wanted.metrics) {
    const months = await viewMetrics(dataDir, market, symbol, span);
    inputs.push(...months.map(({ facts }) => inputMonth('metrics', facts)));
  }
  for (const name of wanted.triad ? (['mark', 'index', 'premium'] as const) : []) {
    const months = await viewTriad(dataDir, market, symbol, name, span, frequency);
    inputs.push(
      ...months.map(({ interval, month }) => inputMonth(`${month.facts.dataType} ${interval}`, month.facts)),
    );
  }
  return inputs;
}
