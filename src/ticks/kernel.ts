import { readFile } from 'node:fs/promises';
import type { RowAccount, TimeUnit } from './account.js';
import type { Layout } from './layout.js';
import { MINUTE_COLUMNS, allocateMinuteBars, type MinuteBars } from './minute-bars.js';
import type { Thresholds } from './thresholds.js';

/** What `assembly/index.ts` exports. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  begin(
    startUs: bigint,
    endUs: bigint,
    whale: number,
    retail: number,
    contractUsd: number,
    firstLine: number,
  ): void;
  layout(columnCount: number, order: number): void;
  chunkAt(): number;
  takeChunk(length: number): void;
  endInput(): void;
  nextPass(): number;
  failure(): number;
  finish(): void;
  rowCount(): number;
  columnsAt(): number;
  accountAt(): number;
  missingAt(): number;
  malformedTextAt(): number;
  malformedTextLength(): number;
}

/** The words of the account block, in the order in which `assembly/index.ts` writes them. */
const ACCOUNT_WORDS = [
  'rows',
  'accepted',
  'duplicate',
  'sentinel',
  'malformed',
  'zeroQuantity',
  'outOfOrder',
  'conflictingIds',
  'tradeIdGaps',
  'minId',
  'maxId',
  'minTime',
  'maxTime',
  'missingIds',
  'missingRanges',
  'beforeRows',
  'beforeFirst',
  'beforeLast',
  'afterRows',
  'afterFirst',
  'afterLast',
  'malformedLine',
  'timeUnit',
] as const;

const TIME_UNITS: readonly (TimeUnit | null)[] = [null, 'ms', 'us', 'iso'];
/** As in `assembly/input.ts`. */
const CHUNK_BYTES = 1 << 17;
const MISSING_LISTED = 1000;

export interface KernelRequest {
  readonly startUs: number;
  readonly endUs: number;
  readonly thresholds: Thresholds;
  /** US dollars that a contract stands for; 0 where quantities are in base units. */
  readonly contractUsd: number;
  readonly layout: Layout;
}

let compiled: Promise<WebAssembly.Module> | undefined;

async function compile(): Promise<WebAssembly.Module> {
  // The same path from src/ticks and from dist/ticks.
  return WebAssembly.compile(await readFile(new URL('../../dist/tick-kernel.wasm', import.meta.url)));
}

/** Instances that are not at work. They keep their memory, so at most one for each that ran at the same time. */
const idle: Kernel[] = [];

/**
 * One instance of the tick kernel: `begin`, `write` every chunk, `endPass`; when that says so, the same bytes
 * again; then `finish`. Memory is bounded by the minutes of the period, whatever the object holds.
 */
export class Kernel {
  private constructor(private readonly wasm: KernelExports) {}

  static async acquire(): Promise<Kernel> {
    const free = idle.pop();
    if (free) return free;
    compiled ??= compile();
    const instance = await WebAssembly.instantiate(await compiled);
    return new Kernel(instance.exports as unknown as KernelExports);
  }

  release(): void {
    idle.push(this);
  }

  begin(request: KernelRequest): void {
    const { startUs, endUs, thresholds, contractUsd, layout } = request;
    this.wasm.begin(
      BigInt(startUs),
      BigInt(endUs),
      thresholds.whaleUsd,
      thresholds.retailUsd,
      contractUsd,
      layout.header ? 2 : 1,
    );
    const order = layout.positions.reduce((word, position, i) => word | (position << (4 * i)), 0);
    this.wasm.layout(layout.columnCount, order);
  }

  /** Takes bytes of the CSV, header left out, cut anywhere. */
  write(bytes: Uint8Array): void {
    const { wasm } = this;
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
      const part = bytes.subarray(from, from + CHUNK_BYTES);
      // A new view each time: the memory may have grown, and its old buffer with it gone.
      new Uint8Array(wasm.memory.buffer, wasm.chunkAt(), part.length).set(part);
      wasm.takeChunk(part.length);
    }
  }

  /** The end of the bytes. True when all of them are wanted once more, to tell repeated ids apart. */
  endPass(): boolean {
    this.wasm.endInput();
    return this.wasm.nextPass() !== 0;
  }

  /** What this instance holds, and keeps for the next object. */
  get memoryBytes(): number {
    return this.wasm.memory.buffer.byteLength;
  }

  /** Why no account can be given, if so. */
  failure(): 'ids too scattered' | 'too many repeated ids' | null {
    const code = this.wasm.failure();
    return code === 0 ? null : code === 1 ? 'ids too scattered' : 'too many repeated ids';
  }

  finish(header: boolean): { bars: MinuteBars; account: RowAccount } {
    this.wasm.finish();
    return { bars: this.readBars(), account: this.readAccount(header) };
  }

  private readBars(): MinuteBars {
    const length = this.wasm.rowCount();
    const bars = allocateMinuteBars(length);
    const at = this.wasm.columnsAt();
    MINUTE_COLUMNS.forEach((name, i) => {
      bars.columns[name].set(new Float64Array(this.wasm.memory.buffer, at + i * length * 8, length));
    });
    return bars;
  }

  private readAccount(header: boolean): RowAccount {
    const { wasm } = this;
    const block = new BigInt64Array(wasm.memory.buffer, wasm.accountAt(), ACCOUNT_WORDS.length);
    const word = (name: (typeof ACCOUNT_WORDS)[number]): number => Number(block[ACCOUNT_WORDS.indexOf(name)]);
    const accepted = word('accepted');
    const ranges = word('missingRanges');
    const listed = Math.min(ranges, MISSING_LISTED);
    const missing = new BigInt64Array(wasm.memory.buffer, wasm.missingAt(), 2 * listed);
    const text = new Uint8Array(wasm.memory.buffer, wasm.malformedTextAt(), wasm.malformedTextLength());
    const span = (side: 'before' | 'after'): RowAccount['outsideBefore'] =>
      word(`${side}Rows`) === 0
        ? null
        : { rows: word(`${side}Rows`), firstTs: word(`${side}First`), lastTs: word(`${side}Last`) };
    return {
      rows: word('rows'),
      accepted,
      duplicate: word('duplicate'),
      sentinel: word('sentinel'),
      outside: word('beforeRows') + word('afterRows'),
      malformed: word('malformed'),
      zeroQuantity: word('zeroQuantity'),
      outOfOrder: word('outOfOrder'),
      conflictingIds: word('conflictingIds'),
      firstAggId: accepted === 0 ? null : word('minId'),
      lastAggId: accepted === 0 ? null : word('maxId'),
      firstTs: accepted === 0 ? null : word('minTime'),
      lastTs: accepted === 0 ? null : word('maxTime'),
      missingAggIds: word('missingIds'),
      missingAggIdRanges: ranges,
      missingAggIdList: Array.from({ length: listed }, (_, i) => [
        Number(missing[2 * i]),
        Number(missing[2 * i + 1]),
      ]),
      tradeIdGaps: word('tradeIdGaps'),
      outsideBefore: span('before'),
      outsideAfter: span('after'),
      firstMalformed:
        word('malformedLine') === 0
          ? null
          : { line: word('malformedLine'), text: new TextDecoder().decode(text.slice()) },
      header,
      timeUnit: TIME_UNITS[word('timeUnit')] ?? null,
    };
  }
}
