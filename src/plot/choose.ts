import { TapemillError } from '../errors.js';
import { type SeriesSpan, SERIES_FREQUENCIES } from '../series/index.js';
import type { Frequency } from '../time/index.js';
import { PANEL_NAMES, type PanelName } from './panel-kinds.js';

/** A panel with a name, or a column. Those that were named are drawn even when they are empty. */
export type PanelChoice =
  | { readonly kind: 'panel'; readonly name: PanelName; readonly isNamed: boolean }
  | { readonly kind: 'column'; readonly name: string; readonly isNamed: true };

const isPanelName = (name: string): name is PanelName => (PANEL_NAMES as readonly string[]).includes(name);

/**
 * Reads `price,cvd,+vwap`: names of panels and, with or without a plus, of columns. All panels when nothing is given; when
 * every entry has a plus, they come below all panels.
 * @throws `E_USAGE` for what can be neither
 */
export function parsePanels(text: string | undefined): PanelChoice[] {
  const all = PANEL_NAMES.map((name): PanelChoice => ({ kind: 'panel', name, isNamed: false }));
  if (text === undefined) return all;
  const entries = text.split(',').map((entry) => entry.trim());
  const named = entries.map((entry): PanelChoice => {
    const name = entry.replace(/^\+/, '');
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      const expected = `${PANEL_NAMES.join(', ')} or +column`;
      throw new TapemillError(
        'E_USAGE',
        `expected panels out of ${expected}, separated by commas, found "${entry}"`,
        {
          expected,
          found: entry,
        },
      );
    }
    if (isPanelName(name) && !entry.startsWith('+')) return { kind: 'panel', name, isNamed: true };
    return { kind: 'column', name, isNamed: true };
  });
  return entries.every((entry) => entry.startsWith('+')) ? [...all, ...named] : named;
}

/** Lengths that are chosen of themselves. A day is shown by 5m, a week by 1h, a quarter by 4h, years by 1d. */
const AUTOMATIC = ['1m', '5m', '15m', '1h', '4h', '1d'];
const MOST_BARS = 600;

/** The shortest of the usual bars that are still told apart in a picture. */
export function chooseFrequency({ startMs, endMs }: SeriesSpan): Frequency {
  const usual = SERIES_FREQUENCIES.filter(({ label }) => AUTOMATIC.includes(label));
  return usual.find(({ lengthMs }) => (endMs - startMs) / lengthMs <= MOST_BARS) ?? usual.at(-1)!;
}
