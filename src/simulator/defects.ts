import { TapemillError } from '../errors.js';
import { normalizeSymbol } from '../market/index.js';
import type { DefectKind } from './defect-kind.js';
import { CONTAINER_DEFECTS, PUBLICATION_DEFECTS } from './defects/container.js';
import { EDGE_DEFECTS } from './defects/edge-pair.js';
import { LAYOUT_DEFECTS } from './defects/layout.js';
import { LIFE_DEFECTS } from './defects/life.js';
import { MALFORMED_DEFECTS } from './defects/malformed.js';
import { FUNDING_DEFECTS, KLINE_DEFECTS, METRICS_DEFECTS } from './defects/other-sources.js';
import { ROW_DEFECTS } from './defects/rows.js';

/** A defect as asked for. */
export interface PlantedDefect {
  readonly kind: string;
  /** Default: the first symbol. `*`: each of them. */
  readonly symbol?: string;
  /** `YYYY-MM` or `YYYY-MM-DD`, as the kind's target has it. Default: inside the range, differing by kind. */
  readonly period?: string;
}

/** Every kind, in the order of the way from what happened to what is published. */
export const DEFECT_KINDS: readonly DefectKind[] = [
  ...LIFE_DEFECTS,
  ...EDGE_DEFECTS,
  ...ROW_DEFECTS,
  ...MALFORMED_DEFECTS,
  ...LAYOUT_DEFECTS,
  ...CONTAINER_DEFECTS,
  ...PUBLICATION_DEFECTS,
  ...KLINE_DEFECTS,
  ...METRICS_DEFECTS,
  ...FUNDING_DEFECTS,
];

/** @throws `E_USAGE` */
export function defectKind(kind: string): DefectKind {
  const found = DEFECT_KINDS.find((candidate) => candidate.kind === kind);
  if (!found) {
    throw new TapemillError(
      'E_USAGE',
      `no defect is called "${kind}"; \`tapemill simulate --list-defects\` names them`,
    );
  }
  return found;
}

/** Reads `kind[:SYMBOL[:PERIOD]]`; an empty symbol is the default one. @throws `E_USAGE` */
export function parseDefect(text: string): PlantedDefect {
  const [kind = '', symbol = '', period = '', ...more] = text.split(':');
  if (more.length > 0) {
    throw new TapemillError('E_USAGE', `expected a defect as kind[:SYMBOL[:PERIOD]], found "${text}"`);
  }
  return {
    kind: defectKind(kind).kind,
    ...(symbol === '' ? {} : { symbol: normalizeSymbol(symbol) }),
    ...(period === '' ? {} : { period }),
  };
}
