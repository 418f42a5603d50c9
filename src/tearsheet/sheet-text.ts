import { countText, textTable } from '../report/index.js';
import { type Sheet, ruleText, subtitleOf } from './sheet.js';
import { bpText, coefficientText, estimateText, shareOf, tText } from './words.js';

/** The sheet in short, for a terminal. */
export function sheetText(sheet: Sheet): string[] {
  const { column, definition, results, leftOut } = sheet;
  const isAcross = results.quantileRule === 'cross-section';
  const quantiles = results.horizons.map(({ horizon, quantiles: all, spread }) => [
    horizon.label,
    ...all.map(({ mean }) => bpText(mean)),
    bpText(spread.mean),
    tText(spread.t),
    countText(spread.bars),
  ]);
  return [
    column,
    ...(definition === null ? [] : [`  ${definition.formula} [${definition.unit}]`]),
    subtitleOf(sheet),
    '',
    ...textTable(
      ['IC', 'Pearson', 'Spearman', 'pairs', ...(isAcross ? ['across', 'sd', 'IR', 't', 'bars'] : [])],
      results.horizons.map(({ horizon, pooled, crossSection }) => [
        horizon.label,
        coefficientText(pooled.pearson.value),
        coefficientText(pooled.spearman.value),
        countText(pooled.spearman.observations),
        ...(crossSection === null
          ? []
          : [
              coefficientText(crossSection.spearman.mean),
              coefficientText(crossSection.spearman.deviation),
              coefficientText(crossSection.spearman.ir),
              tText(crossSection.spearman.t),
              countText(crossSection.spearman.bars),
            ]),
      ]),
      [1, 2, 3, 4, 5, 6, 7, 8],
    ),
    '',
    ...textTable(
      ['bp by quintile', '1', '2', '3', '4', '5', 'top − bottom', 't', 'bars'],
      quantiles,
      [1, 2, 3, 4, 5, 6, 7, 8],
    ),
    '',
    ...textTable(
      ['bars later', 'in another quintile', 'rank autocorrelation'],
      results.persistence.map((one) => [
        countText(one.bars),
        shareOf(one.turnover),
        estimateText(one.rankAutocorrelation),
      ]),
      [0, 1, 2],
    ),
    '',
    ruleText(sheet),
    ...leftOut.map(({ symbol, why }) => `${symbol} is left out: ${why}`),
  ];
}
