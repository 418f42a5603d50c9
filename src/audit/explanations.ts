import type { MinuteBars } from '../ticks/index.js';
import { MINUTE_MS } from '../time/index.js';
import type { OffMinute } from './classify.js';
import { COUNT, VOLUME, numberText } from './fields.js';
import type { SideFlow, Volume } from './flows.js';

interface Beside {
  /** Trades from after the edge are in the kline before it. */
  readonly isBack: boolean;
  /** No fills are missing in either of the two minutes. */
  readonly isExact: boolean;
  readonly bars: MinuteBars;
}

/** What is said of a minute, in one sentence. @param why what the class alone does not say */
export function explain(
  off: Omit<OffMinute, 'explanation'>,
  why: string | null,
  flows: readonly SideFlow[],
  beside: Beside,
): string {
  switch (off.class) {
    case 'kline-wrong':
      return `The kline is wrong: ${why ?? 'its values are impossible'}.`;
    case 'known-defect':
    case 'unexplained':
      return `${sentence(why ?? 'Nothing explains it')}${atTheEnd(off)}.`;
    case 'zero-quantity':
      return `Its object has rows of quantity 0: ${volumeText(total(flows, 'missing'))} is missing from the bar, no fill is.`;
    case 'missing-fills':
      return `${missingText(off, flows)}${movedText(off, flows, beside)}.`;
    case 'edge-pair':
      return `${sentence(edgeText(off, off.delta[VOLUME]!, beside))}${countText(off)}.`;
    case 'count-only':
      return off.fills < 0
        ? `The kline counts ${plural(-off.fills, 'fill')} fewer, of equal volume: ids within an aggTrade that were no trades of the tape.`
        : `The kline counts ${plural(off.fills, 'fill')} more, of equal volume; ${plural(room(off), 'trade id')} missing around it.`;
  }
}

function missingText(off: Omit<OffMinute, 'explanation'>, flows: readonly SideFlow[]): string {
  const { inside, before, after } = off.gaps;
  const volume = volumeText(total(flows, 'missing'));
  const ids = [
    inside > 0 ? `${numberText(inside)} inside the minute` : '',
    before > 0
      ? `${numberText(before)} ${off.row < 0 ? 'between the bars around it' : 'before its first tick'}`
      : '',
    after > 0 && off.row >= 0 ? `${numberText(after)} after its last tick` : '',
  ].filter((text) => text !== '');
  const where =
    ids.length > 0
      ? `trade ids are left out there (${ids.join(', ')})`
      : 'no later tick tells which ids they had';
  const what = off.row < 0 ? 'The bar is missing as a whole' : `${volume} of the kline is in no aggTrade`;
  const more = off.fills > 0 ? `, ${plural(off.fills, 'fill')}` : '';
  return `${what}${more}: ${where}`;
}

function movedText(off: Omit<OffMinute, 'explanation'>, flows: readonly SideFlow[], beside: Beside): string {
  const moved = total(flows, beside.isBack ? 'toPrevious' : 'toNext');
  if (moved.base === 0) return '';
  const partner = off.minute + (beside.isBack ? -MINUTE_MS : MINUTE_MS);
  return `; besides, ${edgeText({ ...off, partner }, moved.base, { ...beside, isExact: false })}`;
}

function edgeText(
  { minute, partner, row }: Omit<OffMinute, 'explanation'>,
  amount: number,
  { isBack, isExact, bars }: Beside,
): string {
  const isGiver = partner !== null && partner > minute !== isBack;
  const clock = (t: number): string => new Date(t).toISOString().slice(11, 16);
  const volume = numberText(Math.abs(amount));
  const cancel = isExact ? '; the two cancel exactly' : '';
  if (!isGiver || row < 0) return `${volume} of ${clock(partner ?? minute)} is in this kline${cancel}`;
  const edge = isBack ? minute : minute + MINUTE_MS;
  const beforeUs = Math.abs(edge * 1000 - bars.columns[isBack ? 'first_ts' : 'last_ts'][row]!);
  const side = isBack ? 'after' : 'before';
  return `${volume}, traded ${numberText(Math.round(beforeUs / 1000))} ms ${side} the edge, is in the kline of ${clock(partner)}${cancel}`;
}

function countText({ delta, kline }: Omit<OffMinute, 'explanation'>): string {
  return delta[COUNT] === 0 && kline[COUNT] !== 0 ? ', but for fills that were no trades' : '';
}

function atTheEnd({ gaps }: Omit<OffMinute, 'explanation'>): string {
  return Number.isNaN(gaps.before) || Number.isNaN(gaps.after)
    ? '; it lies at the end of what was collected, and the minute beyond could tell more'
    : '';
}

function room({ gaps: { inside, before, after } }: Omit<OffMinute, 'explanation'>): number {
  return [inside, before, after].reduce((sum, gap) => sum + (Number.isNaN(gap) ? 0 : gap), 0);
}

function total(flows: readonly SideFlow[], kind: 'missing' | 'toNext' | 'toPrevious'): Volume {
  return flows.reduce<Volume>(
    (sum, flow) => ({
      base: sum.base + (flow[kind]?.base ?? 0),
      quote: sum.quote + (flow[kind]?.quote ?? 0),
    }),
    { base: 0, quote: 0 },
  );
}

function volumeText({ base, quote }: Volume): string {
  return `${numberText(base)} (${numberText(quote)} quote)`;
}

function plural(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
