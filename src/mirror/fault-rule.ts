import { TapemillError } from '../errors.js';
import { FAULTS, FAULT_KINDS, type FaultKind } from './faults.js';

/** What a pattern function sees of a request. */
export interface FaultRequest {
  readonly method: string;
  readonly target: 'object' | 'index';
  /** The key; of a request for the index, its prefix. */
  readonly key: string;
  readonly hasRange: boolean;
}

/** Which requests a fault strikes, and how hard. */
export interface FaultRule {
  readonly kind: FaultKind;
  /** Value of the kind, in its unit; see `FAULTS`. */
  readonly value?: number;
  /**
   * Which keys (index: prefixes). A text must match the whole key, `*` standing for anything, slashes too.
   * Default: all.
   */
  readonly pattern?: string | RegExp | ((request: FaultRequest) => boolean);
  /** Default: both, and GET alone for kinds that need a body. */
  readonly methods?: readonly ('GET' | 'HEAD')[];
  /** 0 … 1, drawn for every request by seed, key and its number: the same requests give the same faults. */
  readonly probability?: number;
  /** Only the first so many matching requests of each key; for kinds that change things, so many changes. */
  readonly count?: number;
  /** Let the first so many matching requests of each key pass. */
  readonly skip?: number;
}

const FORM = 'kind[=value][:pattern][:probability or count]';

/**
 * Reads `kind[=value][:pattern][:amount]`: `reset`, `503:*.zip:2` (the first two requests of each ZIP),
 * `corrupt:*BTCUSDT*:0.1` or `…:10%` (one request in ten), `throttle=20000::3`.
 * @throws `E_USAGE`
 */
export function parseFault(text: string): FaultRule {
  const [head = '', ...rest] = text.split(':');
  // With one part after the kind, a number is an amount: no key is one.
  const [pattern = '', amount = ''] = rest.length === 1 && isAmount(rest[0]!) ? ['', rest[0]!] : rest;
  if (rest.length > 2) throw new TapemillError('E_USAGE', `expected a fault as ${FORM}, found "${text}"`);
  const [kindText = '', valueText] = head.split(/=(.*)/s);
  const rule: FaultRule = {
    kind: faultKind(kindText),
    ...(valueText === undefined ? {} : { value: parseNumber(valueText, text) }),
    ...(pattern === '' ? {} : { pattern }),
    ...(amount === '' ? {} : parseAmount(amount, text)),
  };
  checkRule(rule);
  return rule;
}

/** @throws `E_USAGE` when the rule's numbers make no sense for its kind */
export function checkRule({ kind, value, probability, count, skip }: FaultRule): void {
  const entry = FAULTS[faultKind(kind)];
  const max = entry.value?.max ?? Infinity;
  if (value !== undefined && !entry.value) fail(`the fault ${kind} takes no value`);
  if (value !== undefined && !(value >= 0 && value <= max)) {
    fail(
      `expected a value from 0${max === Infinity ? '' : ` to ${max}`} for the fault ${kind}, found ${value}`,
    );
  }
  if (probability !== undefined && !(probability >= 0 && probability <= 1)) {
    fail(`expected a probability from 0 to 1 for the fault ${kind}, found ${probability}`);
  }
  for (const [name, number] of Object.entries({ count, skip })) {
    if (number !== undefined && !(Number.isSafeInteger(number) && number >= 0)) {
      fail(`expected a whole number as ${name} of the fault ${kind}, found ${number}`);
    }
  }
}

/** Whether a rule is about such a request at all, before chance and counts. */
export function ruleCovers(rule: FaultRule, request: FaultRequest): boolean {
  const entry = FAULTS[rule.kind];
  if (entry.target !== request.target) return false;
  const methods: readonly string[] = rule.methods ?? (entry.getOnly ? ['GET'] : ['GET', 'HEAD']);
  if (!methods.includes(request.method) || (entry.rangeOnly && !request.hasRange)) return false;
  const { pattern = '*' } = rule;
  if (typeof pattern === 'function') return pattern(request);
  // A pattern with the flag g or y would start where it last ended.
  const matcher =
    typeof pattern === 'string' ? glob(pattern) : new RegExp(pattern, pattern.flags.replace(/[gy]/g, ''));
  return matcher.test(request.key);
}

function glob(pattern: string): RegExp {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'su');
}

function faultKind(text: string): FaultKind {
  return (
    FAULT_KINDS.find((kind) => kind === text) ??
    fail(`no fault is called "${text}"; \`tapemill mirror --list-faults\` names them`)
  );
}

function isAmount(text: string): boolean {
  return /^\d*\.?\d+%?$/.test(text);
}

/** A whole number is a count; a number with a point or a percentage is a probability. */
function parseAmount(text: string, whole: string): Pick<FaultRule, 'count' | 'probability'> {
  if (!isAmount(text))
    fail(`expected a count (3) or a probability (0.1, 10%), found "${text}" in "${whole}"`);
  if (text.endsWith('%')) return { probability: Number(text.slice(0, -1)) / 100 };
  if (text.includes('.')) return { probability: Number(text) };
  return Number(text) > 0 ? { count: Number(text) } : fail(`a count of 0 in "${whole}" would do nothing`);
}

function parseNumber(text: string, whole: string): number {
  return /^\d*\.?\d+$/.test(text) ? Number(text) : fail(`expected a number, found "${text}" in "${whole}"`);
}

function fail(message: string): never {
  throw new TapemillError('E_USAGE', message);
}
