import { type Chart, type Panel, drawChart } from '../../src/plot/chart.js';
import { parsePanels } from '../../src/plot/choose.js';
import type { Scene, TextNode } from '../../src/plot/scene.js';
import { textWidth } from '../../src/plot/text-width.js';
import { timePanels } from '../../src/plot/time-plot.js';
import { type Series, listSeriesColumns } from '../../src/series/index.js';
import { seeded } from '../layer/sample.js';

export const START = Date.UTC(2024, 0, 1);
const COLUMNS = [
  ...['open', 'high', 'low', 'close', 'cvd_quote', 'whale_cvd_quote', 'retail_cvd_quote'],
  ...['taker_buy_quote', 'taker_sell_quote', 'liquidation_short_vol_sum', 'liquidation_long_vol_sum'],
  ...['funding_rate', 'oi_open_interest_usd'],
];

/** A random walk with everything that is drawn; bars of `gap` have no value. */
export function sampleSeries(
  bars: number,
  barMs = 3_600_000,
  gap: readonly [number, number] = [0, 0],
  missing: Readonly<Record<string, string>> = {},
): Series {
  const random = seeded(7);
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, new Float64Array(bars)]));
  let price = 42_000;
  for (let i = 0; i < bars; i++) {
    const open = price;
    price *= 1 + (random() - 0.5) / 50;
    const [low, high] = [Math.min(open, price) * 0.999, Math.max(open, price) * 1.001];
    const [buy, sell] = [random() * 1e7, random() * 1e7];
    const row = [
      open,
      high,
      low,
      price,
      buy - sell,
      buy / 2,
      -sell / 9,
      buy,
      sell,
      buy / 99,
      sell / 99,
      1e-4 * random(),
      3e9 + buy,
    ];
    COLUMNS.forEach((name, n) => {
      columns[name]![i] = i >= gap[0] && i < gap[1] ? NaN : row[n]!;
    });
  }
  for (const name of Object.keys(missing)) columns[name]?.fill(NaN);
  const minute = Float64Array.from({ length: bars }, (_, i) => START + i * barMs);
  return { frequency: { label: '1h', lengthMs: barMs, minutes: barMs / 60_000 }, minute, columns, missing };
}

export function sampleChart(series: Series, own: Partial<Chart> = {}, panels?: string): Chart {
  const span = { startMs: START, endMs: START + series.minute.length * series.frequency.lengthMs };
  const made = timePanels(series, span, parsePanels(panels), listSeriesColumns());
  return {
    ...{ title: 'BTCUSDT', subtitle: 'a week, UTC', width: 1200, height: 900, fontSize: 11 },
    x: { kind: 'time', label: '', ...span },
    panels: made.panels.map(({ panel }): Panel => panel),
    ...own,
  };
}

export const sampleScene = (bars = 168, own: Partial<Chart> = {}): Scene =>
  drawChart(sampleChart(sampleSeries(bars), own)).scene;

export interface TextBox {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function textBoxes({ nodes }: Scene): TextBox[] {
  const texts = nodes.filter((node): node is TextNode => node.kind === 'text');
  return texts.map(({ text, x, y, anchor, size, bold }) => {
    const width = textWidth(text, size, bold);
    const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
    return { text, left, right: left + width, top: y - size * 0.76, bottom: y + size * 0.1 };
  });
}

/** Pairs of texts that cover one another. */
export function overlaps(boxes: readonly TextBox[]): string[] {
  return boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map((b) => `${a.text} | ${b.text}`),
  );
}
