import { TapemillError } from '../errors.js';
import { DAY_MS, type EpochMs, type Frequency, HOUR_MS, MINUTE_MS } from '../time/index.js';

export const LABEL_KINDS = ['logret', 'ret'] as const;
export type LabelKind = (typeof LABEL_KINDS)[number];

/** A forward return: what the row's future holds. It looks ahead on purpose, and its name says so. */
export interface Label {
  /** `y_{kind}_{horizon}`, `y_logret_4h` for instance. */
  readonly name: string;
  readonly kind: LabelKind;
  readonly horizonMs: EpochMs;
  readonly formula: string;
}

/** No column of the table may begin with it. */
export const LABEL_PREFIX = 'y_';

const UNIT_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/**
 * Reads `logret:1h,4h,24h`, also several kinds after each other: `logret:1h,4h,ret:24h`.
 * @throws `E_USAGE` for an unknown kind, a horizon that is no multiple of the bar, one that comes twice
 */
export function parseLabels(text: string, frequency: Frequency): Label[] {
  const labels: Label[] = [];
  let kind: LabelKind | undefined;
  for (const token of text.split(',').map((part) => part.trim())) {
    const colon = token.indexOf(':');
    if (colon >= 0) kind = parseKind(token.slice(0, colon).trim());
    if (kind === undefined) refuse('kind:horizon,…, for instance logret:1h,4h', text);
    const label = makeLabel(kind, token.slice(colon + 1).trim(), frequency);
    const twin = labels.find((other) => other.kind === label.kind && other.horizonMs === label.horizonMs);
    if (twin) refuse('each label once', `${twin.name} and ${label.name}`);
    labels.push(label);
  }
  return labels;
}

function parseKind(text: string): LabelKind {
  const kind = LABEL_KINDS.find((known) => known === text.toLowerCase());
  return kind ?? refuse(`a kind out of ${LABEL_KINDS.join(', ')}`, text);
}

function makeLabel(kind: LabelKind, text: string, { label: bar, lengthMs }: Frequency): Label {
  const match = /^(\d{1,5})([mhd])$/.exec(text.toLowerCase());
  const horizonMs = match ? Number(match[1]) * UNIT_MS[match[2]!]! : 0;
  if (horizonMs <= 0) refuse('a horizon like 30m, 4h or 1d', text);
  if (horizonMs % lengthMs !== 0) {
    refuse(`a horizon that is a multiple of the bar, ${bar}`, text);
  }
  const horizon = text.toLowerCase();
  const ratio = `close(t + ${horizon}) / close(t)`;
  return {
    name: `${LABEL_PREFIX}${kind}_${horizon}`,
    kind,
    horizonMs,
    formula: kind === 'logret' ? `ln(${ratio})` : `${ratio} − 1`,
  };
}

/**
 * The label of every row; null (NaN) where the bar that ends one horizon later is missing, or any bar on the way to it:
 * a return across a hole is not one of this horizon.
 * @param minute starts of the bars, ascending and aligned to the bar
 */
export function forwardReturns(
  minute: Float64Array,
  close: Float64Array,
  { kind, horizonMs }: Label,
  { lengthMs }: Frequency,
): Float64Array {
  const ahead = horizonMs / lengthMs;
  return minute.map((start, row) => {
    // Starts are aligned and ascend, so that this one is in its place only if all between them are.
    if (minute[row + ahead] !== start + horizonMs) return NaN;
    const ratio = close[row + ahead]! / close[row]!;
    const value = kind === 'logret' ? Math.log(ratio) : ratio - 1;
    return Number.isFinite(value) ? value : NaN;
  });
}

/** How far the labels look ahead, 0 when there are none. */
export function longestHorizon(labels: readonly Label[]): EpochMs {
  return labels.reduce((most, { horizonMs }) => Math.max(most, horizonMs), 0);
}

function refuse(expected: string, found: string): never {
  throw new TapemillError('E_USAGE', `--labels: expected ${expected}; found "${found}"`, { expected, found });
}
