import { TapemillError } from '../errors.js';
import { type Market, assertSymbol, normalizeSymbol, parseMarket } from '../market/index.js';
import { type EpochMs, type Period, parsePeriod } from '../time/index.js';

/** Parameters of one request: known names, each once. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;

  /** @throws `E_USAGE` for a name that is not expected, or comes twice */
  constructor(url: string, names: readonly string[]) {
    const values = new Map<string, string>();
    for (const [name, value] of new URL(url).searchParams) {
      if (!names.includes(name)) {
        const expected = names.length === 0 ? 'no parameter' : names.join(', ');
        throw usage(`expected ${expected}, found a parameter "${name.slice(0, 40)}"`, expected, name);
      }
      if (values.has(name))
        throw usage(`expected "${name}" once, found it twice`, 'each parameter once', name);
      values.set(name, value);
    }
    this.#values = values;
  }

  optional(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  /** @throws `E_USAGE` */
  required(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined || value === '') throw usage(`expected the parameter "${name}"`, name, 'nothing');
    return value;
  }

  /** @throws `E_USAGE` */
  market(): Market {
    return parseMarket(this.required('market'));
  }

  /** @throws `E_USAGE`, `E_SYMBOL` */
  symbol(): string {
    return readSymbol(this.required('symbol'));
  }

  /** @throws `E_SYMBOL` */
  optionalSymbol(): string | null {
    const text = this.optional('symbol');
    return text === null ? null : readSymbol(text);
  }

  /** @throws `E_USAGE`, `E_PERIOD` also for a day */
  month(): Period {
    const text = this.required('month');
    const period = parsePeriod(text);
    if (period.kind === 'month') return period;
    throw new TapemillError('E_PERIOD', `expected a month as YYYY-MM, found "${text}"`, {
      expected: 'YYYY-MM',
      found: text,
    });
  }

  /** @throws `E_USAGE`, `E_PERIOD` */
  instant(name: string): EpochMs {
    return parseInstant(this.required(name));
  }

  /** @throws `E_USAGE` */
  integer(name: string, byDefault: number, min: number, max: number): number {
    const text = this.optional(name);
    if (text === null) return byDefault;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw usage(`expected ${name} from ${min} to ${max}, found "${text}"`, `${min} … ${max}`, text);
  }

  /** `true` or `false`, which is the default. @throws `E_USAGE` */
  flag(name: string): boolean {
    const text = this.optional(name) ?? 'false';
    if (text === 'true' || text === 'false') return text === 'true';
    throw usage(`expected ${name}=true or ${name}=false, found "${text}"`, 'true, false', text);
  }
}

function readSymbol(text: string): string {
  const symbol = normalizeSymbol(text);
  assertSymbol(symbol);
  return symbol;
}

/** Seconds since 1970, a day, or a minute as `2024-01-05T10:00Z`; all UTC. @throws `E_PERIOD` */
export function parseInstant(text: string): EpochMs {
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}):(\d{2})(?::00)?Z?)?$/.exec(text);
  const [, day = '', hour = '00', minute = '00'] = match ?? [];
  const ms = Date.parse(`${day}T${hour}:${minute}:00Z`);
  if (ms >= 0 && new Date(ms).toISOString().startsWith(day)) return ms;
  const expected = 'seconds since 1970, YYYY-MM-DD or YYYY-MM-DDTHH:MMZ';
  throw new TapemillError('E_PERIOD', `expected ${expected}, found "${text.slice(0, 40)}"`, {
    expected,
    found: text.slice(0, 40),
  });
}

function usage(message: string, expected: string, found: string): TapemillError {
  return new TapemillError('E_USAGE', message, { expected, found: found.slice(0, 100) });
}
