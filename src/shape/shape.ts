/** Readers of JSON that nobody vouches for: each returns its type or throws `ShapeError` with the place. */
export class ShapeError extends Error {
  constructor(place: string, expected: string, found: unknown) {
    super(`${place}: expected ${expected}, found ${describe(found)}`);
  }
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export type Shape<T> = (value: unknown, place: string) => T;

export const text: Shape<string> = (value, place) => {
  if (typeof value !== 'string') throw new ShapeError(place, 'a string', value);
  return value;
};

export const flag: Shape<boolean> = (value, place) => {
  if (typeof value !== 'boolean') throw new ShapeError(place, 'true or false', value);
  return value;
};

export const positive: Shape<number> = (value, place) => {
  if (typeof value !== 'number' || !(value > 0)) throw new ShapeError(place, 'a positive number', value);
  return value;
};

export const notNegative: Shape<number> = (value, place) => {
  if (typeof value !== 'number' || !(value >= 0)) throw new ShapeError(place, 'a number ≥ 0', value);
  return value;
};

/** An integer below 2^53; ids may be negative in theory, counts may not. */
export const integer: Shape<number> = (value, place) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new ShapeError(place, 'an integer', value);
  return value;
};

export const count: Shape<number> = (value, place) => {
  if (integer(value, place) < 0) throw new ShapeError(place, 'a count', value);
  return value as number;
};

export function oneOf<T extends string>(allowed: readonly T[]): Shape<T> {
  return (value, place) => {
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) throw new ShapeError(place, `one of ${allowed.join(', ')}`, value);
    return found;
  };
}

export function matching(pattern: RegExp, expected: string): Shape<string> {
  return (value, place) => {
    if (!pattern.test(text(value, place))) throw new ShapeError(place, expected, value);
    return value as string;
  };
}

export function nullOr<T>(shape: Shape<T>): Shape<T | null> {
  return (value, place) => (value === null ? null : shape(value, place));
}

export function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw new ShapeError(place, 'a list', value);
    return value.map((entry: unknown, index) => shape(entry, `${place}[${index}]`));
  };
}

/** An object with exactly these members; those named in `optional` may be absent. */
export function record<T extends object>(
  members: { readonly [K in keyof T]-?: Shape<NonNullable<T[K]> | Extract<T[K], null>> },
  optional: readonly (keyof T & string)[] = [],
): Shape<T> {
  const names = Object.keys(members) as (keyof T & string)[];
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new ShapeError(place, 'an object', value);
    const given = value as Record<string, unknown>;
    const stranger = Object.keys(given).find((name) => !names.includes(name as keyof T & string));
    if (stranger !== undefined)
      throw new ShapeError(`${place}.${stranger}`, 'no such member', given[stranger]);
    const result: Partial<T> = {};
    for (const name of names) {
      if (given[name] === undefined && optional.includes(name)) continue;
      result[name] = members[name](given[name], `${place}.${name}`);
    }
    return result as T;
  };
}

export const monthKey = matching(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month YYYY-MM');
export const periodKey = matching(/^\d{4}-\d{2}(-\d{2})?$/, 'YYYY-MM or YYYY-MM-DD');
export const sha256 = matching(/^[0-9a-f]{64}$/, '64 hex digits');
