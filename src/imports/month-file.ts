import { type FileHandle, open } from 'node:fs/promises';
import { TapemillError, fromSystemError, isSystemError } from '../errors.js';
import { AtomicFile, type Publish } from '../layer/index.js';
import {
  type Footer,
  ParquetEncoder,
  TRAILER_BYTES,
  decodeFooter,
  decodeRowGroup,
  footerBytes,
  rowGroupSpan,
} from '../parquet/index.js';
import { DAY_MS, type EpochMs, parsePeriod } from '../time/index.js';
import { type ImportFacts, importFactsFromKeyValues, importFactsToKeyValues } from './facts.js';
import { type ImportKind, kindOf } from './kinds.js';
import { type Rows, noRows } from './rows.js';

/**
 * A month on disk has a row group for each UTC day that has rows, in order, each sorted by `ts`: a month of a ticker
 * has millions of rows, and is written, read and merged a day at a time.
 */
export class MonthWriter {
  readonly #keyValues: [string, string][] = [];
  readonly #encoder: ParquetEncoder;

  private constructor(
    private readonly file: AtomicFile,
    kind: ImportKind,
  ) {
    // Filled in by `commit`: what the footer says of the files is known when all rows were seen.
    this.#encoder = new ParquetEncoder(kind.columns, this.#keyValues);
  }

  static async create(path: string, kind: ImportKind): Promise<MonthWriter> {
    return new MonthWriter(await AtomicFile.create(path), kind);
  }

  /** @param rows of one day, sorted; days in order */
  async appendDay(rows: Rows): Promise<void> {
    if (rows.length === 0) return;
    this.#encoder.appendRowGroup(rows.columns);
    await this.file.write(this.#encoder.take());
  }

  /** @throws `E_DISK_FULL`, `E_IO`, what `publish` throws */
  async commit(facts: ImportFacts, publish?: Publish): Promise<void> {
    this.#keyValues.push(...importFactsToKeyValues(facts));
    await this.file.write(this.#encoder.finish());
    await this.file.commit(publish);
  }

  abort(): Promise<void> {
    return this.file.abort();
  }
}

/** What the last bytes of most files hold. */
const TAIL_BYTES = 64 << 10;

/** An open month. Every page is checked against its CRC-32 when it is read. */
export class MonthReader {
  readonly #groupOfDay = new Map<EpochMs, number>();

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly footer: Footer,
    readonly facts: ImportFacts,
  ) {
    const month = parsePeriod(facts.period);
    footer.row_groups.forEach((group, index) => {
      const { statistics } = group.columns[0]?.meta_data ?? {};
      const [first, last] = [startOfDay(statistics?.min_value), startOfDay(statistics?.max_value)];
      if (first !== last || first < month.startMs || first >= month.endMs || this.#groupOfDay.has(first)) {
        throw this.#damaged(new RangeError(`row group ${index + 1} is not one day of ${facts.period}`));
      }
      this.#groupOfDay.set(first, index);
    });
  }

  /** Null when there is no such file. @throws `E_LAYER` for one that is damaged or not ours; `E_IO` */
  static async open(path: string): Promise<MonthReader | null> {
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'r');
      const { size } = await file.stat();
      let tail = await readAt(file, Math.max(0, size - TAIL_BYTES), Math.min(size, TAIL_BYTES));
      const footer = await damaged(
        path,
        async (handle: FileHandle) => {
          const needed = footerBytes(tail.subarray(-TRAILER_BYTES));
          if (needed > tail.length && needed <= size) tail = await readAt(handle, size - needed, needed);
          return decodeFooter(tail);
        },
        file,
      );
      return new MonthReader(
        path,
        file,
        footer,
        importFactsFromKeyValues(footer.key_value_metadata ?? [], path),
      );
    } catch (error) {
      await file?.close();
      if (isSystemError(error, 'ENOENT')) return null;
      throw fromSystemError(error, 'reading', path);
    }
  }

  /** Rows of the day that starts at `dayMs`; none when it has none. @throws `E_LAYER`, `E_IO` */
  async day(dayMs: EpochMs): Promise<Rows> {
    const { columns } = kindOf(this.facts.kind);
    const index = this.#groupOfDay.get(dayMs);
    if (index === undefined) return noRows(columns.length);
    const group = this.footer.row_groups[index]!;
    const { start, end } = rowGroupSpan(group);
    try {
      const bytes = await readAt(this.file, start, end - start);
      return { length: Number(group.num_rows), columns: decodeRowGroup(bytes, start, group, columns) };
    } catch (error) {
      throw this.#damaged(fromSystemError(error, 'reading', this.path));
    }
  }

  /** Days that have rows, in order: their starts. */
  get days(): readonly EpochMs[] {
    return [...this.#groupOfDay.keys()].sort((a, b) => a - b);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  #damaged(error: unknown): unknown {
    return asDamaged(this.path, error);
  }
}

function startOfDay(micros: unknown): EpochMs {
  const ms =
    typeof micros === 'bigint'
      ? Number(micros) / 1000
      : micros instanceof Date
        ? micros.getTime()
        : Number(micros);
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function damaged<T>(
  path: string,
  decode: (file: FileHandle) => Promise<T>,
  file: FileHandle,
): Promise<T> {
  try {
    return await decode(file);
  } catch (error) {
    throw asDamaged(path, error);
  }
}

/** Whatever a decoder throws on bytes that are not what they claim is `E_LAYER`. */
function asDamaged(path: string, error: unknown): unknown {
  if (TapemillError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new TapemillError(
    'E_LAYER',
    `${path} cannot be read: ${message}; delete it and import its files again`,
    { path },
    { cause: error },
  );
}
