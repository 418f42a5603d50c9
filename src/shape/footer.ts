import { TapemillError } from '../errors.js';
import { ShapeError, type Shape, count } from './shape.js';

/** Prefix of every key of ours; others in a footer (a rewrite by another tool adds some) are left alone. */
const PREFIX = 'tapemill.';

/** Key-value metadata of a Parquet file, as readers give it. */
export type FooterEntries = readonly { readonly key: string; readonly value?: string | undefined }[];

/** What a month file says of itself, as key-value metadata; what is null is left out. */
export function toKeyValues(
  entries: readonly (readonly [name: string, value: string | null])[],
): [key: string, value: string][] {
  return entries.flatMap(([name, value]) => (value === null ? [] : [[PREFIX + name, value]]));
}

/** The same, read back: by names without the prefix, which is only for messages. */
export class FooterValues {
  readonly #values: ReadonlyMap<string, string | undefined>;

  constructor(keyValues: FooterEntries) {
    this.#values = new Map(keyValues.map(({ key, value }) => [key, value]));
  }

  optional(name: string): string | null {
    return this.#values.get(PREFIX + name) ?? null;
  }

  plain(name: string): string {
    const value = this.optional(name);
    if (value === null) throw new ShapeError(PREFIX + name, 'to be in the footer', undefined);
    return value;
  }

  /** A plain text that is read as something. */
  text<T>(name: string, reader: Shape<T>): T {
    return reader(this.plain(name), PREFIX + name);
  }

  number<T>(name: string, reader: Shape<T>): T {
    return reader(Number(this.plain(name)), PREFIX + name);
  }

  json<T>(name: string, reader: Shape<T>): T {
    return reader(JSON.parse(this.plain(name)), PREFIX + name);
  }

  /** To be asked for first: nothing else need be where we look for it when this differs. */
  version(name: string, expected: number): number {
    const found = this.number(name, count);
    if (found !== expected) throw new ShapeError(PREFIX + name, String(expected), found);
    return found;
  }
}

/**
 * Reads facts from a footer, believing nothing.
 * @param what the file should be, for the message: `a month of the layer`
 * @throws `E_LAYER` when a key is absent, malformed, or of another schema version
 */
export function readFooter<T>(
  keyValues: FooterEntries,
  path: string,
  what: string,
  read: (values: FooterValues) => T,
): T {
  try {
    return read(new FooterValues(keyValues));
  } catch (error) {
    if (!(error instanceof ShapeError || error instanceof SyntaxError)) throw error;
    throw new TapemillError(
      'E_LAYER',
      `${path} is not ${what}: ${error.message}`,
      { path },
      { cause: error },
    );
  }
}
