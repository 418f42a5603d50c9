import type { Archive, ArchiveEntry } from '../archive/index.js';
import { TapemillError } from '../errors.js';
import type { SourceFacts } from '../layer/index.js';
import { parseObjectKey } from '../market/index.js';

/** Lines of an object as they stand in it. */
export interface ObjectRows {
  readonly key: string;
  /** Null when the object has no header. */
  readonly header: string | null;
  readonly lines: readonly { readonly line: number; readonly text: string; readonly tick: RawTick }[];
  /** Between successive ids of these lines: trade ids that no line has. */
  readonly missingTradeIds: readonly (readonly [from: number, to: number])[];
  /** More lines than were kept. */
  readonly more: number;
}

/** Cells of a line that a person looks for. */
export interface RawTick {
  /** ms, with decimals for µs. */
  readonly timeMs: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
}

export const ROWS_LISTED = 500;

/**
 * Reads the rows of an object whose time lies in `[startMs, endMs)`, by looking at all of it.
 * @throws `E_NOT_FOUND` when the archive lists the object no more; whatever opening and reading it throws
 */
export async function readObjectRows(
  archive: Archive,
  { key }: Pick<SourceFacts, 'key'>,
  startMs: number,
  endMs: number,
): Promise<ObjectRows> {
  const entry = await findEntry(archive, key);
  const object = await archive.open(entry);
  try {
    const rows = new RowPicker(key, startMs, endMs);
    for await (const chunk of object.read()) rows.push(chunk);
    return rows.finish();
  } finally {
    await object.close();
    await archive.release?.([entry], true);
  }
}

async function findEntry(archive: Archive, key: string): Promise<ArchiveEntry> {
  const { market, dataType, symbol } = parseObjectKey(key);
  const entry = (await archive.list({ market, dataType, symbol })).find((candidate) => candidate.key === key);
  if (entry) return entry;
  throw new TapemillError('E_NOT_FOUND', `${archive.location} has no ${key} any more`, { object: key });
}

/** The usual order of columns, and what headers call the three that matter. */
const COLUMNS = {
  first: { at: 3, names: ['first_trade_id'] },
  last: { at: 4, names: ['last_trade_id'] },
  time: { at: 5, names: ['transact_time', 'timestamp'] },
} as const;

/** Finds lines by their time. Not for milling: it decodes each line. */
class RowPicker {
  private readonly decoder = new TextDecoder();
  private readonly lines: { line: number; text: string; tick: RawTick }[] = [];
  private places = { first: 3, last: 4, time: 5 };
  private header: string | null = null;
  private rest = '';
  private line = 0;
  private more = 0;

  constructor(
    private readonly key: string,
    private readonly startMs: number,
    private readonly endMs: number,
  ) {}

  push(chunk: Uint8Array): void {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split('\n');
    this.rest = lines.pop() ?? '';
    for (const text of lines) this.take(text);
  }

  finish(): ObjectRows {
    if (this.rest !== '') this.take(this.rest);
    const { key, header, lines, more } = this;
    return { key, header, lines, missingTradeIds: missingIds(lines.map(({ tick }) => tick)), more };
  }

  private take(raw: string): void {
    this.line++;
    const text = raw.trimEnd();
    const cells = text.split(',').map((cell) => cell.replace(/^[\s"]+|[\s"]+$/g, ''));
    if (this.line === 1 && /[a-z]{4}/i.test(cells[0] ?? '')) {
      this.header = text;
      const find = ({ at, names }: { at: number; names: readonly string[] }): number =>
        Math.max(-1, ...names.map((name) => cells.indexOf(name))) >= 0
          ? Math.max(...names.map((name) => cells.indexOf(name)))
          : at;
      this.places = { first: find(COLUMNS.first), last: find(COLUMNS.last), time: find(COLUMNS.time) };
      return;
    }
    const timeMs = instant(cells[this.places.time] ?? '');
    if (!(timeMs >= this.startMs && timeMs < this.endMs)) return;
    if (this.lines.length >= ROWS_LISTED) {
      this.more++;
      return;
    }
    const [firstTradeId, lastTradeId] = [Number(cells[this.places.first]), Number(cells[this.places.last])];
    this.lines.push({ line: this.line, text, tick: { timeMs, firstTradeId, lastTradeId } });
  }
}

/** ms of a time in ms, µs or ISO 8601; NaN for anything else. */
function instant(cell: string): number {
  if (/^\d{13}$/.test(cell)) return Number(cell);
  if (/^\d{16}$/.test(cell)) return Number(cell) / 1000;
  return Date.parse(cell);
}

function missingIds(ticks: readonly RawTick[]): [number, number][] {
  const sorted = [...ticks].sort((a, b) => a.firstTradeId - b.firstTradeId);
  const missing: [number, number][] = [];
  let next = sorted[0]?.firstTradeId ?? 0;
  for (const { firstTradeId, lastTradeId } of sorted) {
    if (firstTradeId > next) missing.push([next, firstTradeId - 1]);
    next = Math.max(next, lastTradeId + 1);
  }
  return missing;
}
