import { readFile } from 'node:fs/promises';
import { TapemillError, fromSystemError } from '../errors.js';
import { DATA_TYPES, MARKETS, normalizeSymbol } from '../market/index.js';
import { parsePeriod } from '../time/index.js';
import type { KnownDefect } from './known-defects.js';

const MEMBERS = [
  'source',
  'markets',
  'dataTypes',
  'symbols',
  'from',
  'to',
  'cadence',
  'defect',
  'remedy',
] as const satisfies readonly (keyof KnownDefect)[];

/**
 * Reads a list of known defects that a user keeps: a JSON list of objects with the members of `KnownDefect`. Left out,
 * `symbols` and `cadence` mean all, and `to` the same as `from`.
 * @throws `E_USAGE` that names the entry and the member; `E_IO`
 */
export async function readDefectsFile(path: string): Promise<KnownDefect[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fromSystemError(error, 'reading', path);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TapemillError('E_USAGE', `${path} is no JSON: ${(error as Error).message}`, { path });
  }
  if (!Array.isArray(value)) {
    throw new TapemillError('E_USAGE', `${path}: expected a list of defects, found ${shown(value)}`, {
      path,
    });
  }
  return value.map((entry: unknown, index) => new Entry(entry, path, index).read());
}

/** One entry of the list, and how to complain about it. */
class Entry {
  constructor(
    private readonly value: unknown,
    private readonly path: string,
    private readonly index: number,
  ) {}

  read(): KnownDefect {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.refuse('', 'an object', value);
    const stranger = Object.keys(value).find((name) => !MEMBERS.some((member) => member === name));
    if (stranger !== undefined) this.refuse('', `only ${MEMBERS.join(', ')}`, stranger);
    const from = this.period('from');
    const to = this.member('to') === undefined ? from : this.period('to');
    if (parsePeriod(from).startMs >= parsePeriod(to).endMs) this.refuse('.to', `${from} or later`, to);
    return {
      source: this.text('source'),
      markets: this.list('markets', MARKETS),
      dataTypes: this.list('dataTypes', DATA_TYPES),
      symbols: this.symbols(),
      from,
      to,
      cadence: this.cadence(),
      defect: this.text('defect'),
      remedy: this.text('remedy'),
    };
  }

  private member(name: keyof KnownDefect): unknown {
    return (this.value as Record<string, unknown>)[name];
  }

  private text(name: keyof KnownDefect): string {
    const value = this.member(name);
    return typeof value === 'string' && value !== '' ? value : this.refuse(`.${name}`, 'a text', value);
  }

  private period(name: 'from' | 'to'): string {
    const text = this.text(name);
    try {
      return parsePeriod(text).key;
    } catch {
      return this.refuse(`.${name}`, 'YYYY-MM or YYYY-MM-DD', text);
    }
  }

  private list<T extends string>(name: keyof KnownDefect, allowed: readonly T[]): T[] {
    const value = this.member(name);
    const expected = `a list of ${allowed.join(', ')}`;
    if (!Array.isArray(value) || value.length === 0) return this.refuse(`.${name}`, expected, value);
    return value.map(
      (one: unknown) =>
        allowed.find((candidate) => candidate === one) ?? this.refuse(`.${name}`, expected, one),
    );
  }

  private symbols(): string[] | null {
    const value = this.member('symbols') ?? null;
    if (value === null) return null;
    if (!Array.isArray(value) || value.length === 0)
      return this.refuse('.symbols', 'a list of symbols, or null', value);
    return value.map((one: unknown) =>
      typeof one === 'string' && one !== '' ? normalizeSymbol(one) : this.refuse('.symbols', 'a symbol', one),
    );
  }

  private cadence(): KnownDefect['cadence'] {
    const value = this.member('cadence') ?? null;
    if (value === null || value === 'monthly' || value === 'daily') return value;
    return this.refuse('.cadence', 'monthly, daily or null', value);
  }

  private refuse(member: string, expected: string, found: unknown): never {
    const { path, index } = this;
    throw new TapemillError(
      'E_USAGE',
      `${path}: [${index}]${member}: expected ${expected}, found ${shown(found)}`,
      { path, expected, found: shown(found) },
    );
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
