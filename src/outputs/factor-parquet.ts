import { type FactorTable, listFactors } from '../factors/index.js';
import { type KeyValues, ParquetEncoder, type ParquetField } from '../parquet/index.js';

/** Rows are gathered to row groups of at least this many: years of hours in one, a few months of 5m bars. */
const ROW_GROUP_ROWS = 65_536;
/** A wide table has shorter ones: what waits and what is made of it stay below some tens of MB each. */
const ROW_GROUP_CELLS = 3_000_000;

/** Columns of the factor Parquet: `minute`, int64 counts and ids, doubles that may be null. */
export function factorFields(): ParquetField[] {
  const factors = listFactors().map(({ name, type, whenEmpty }) => ({
    name,
    type,
    nullable: whenEmpty !== null,
  }));
  return [{ name: 'minute', type: 'timestamp_ms', nullable: false }, ...factors];
}

/** Encodes factor tables that follow one another in time as one Parquet file, in bounded memory. */
export class FactorParquet {
  private readonly encoder: ParquetEncoder;
  private readonly rowGroupRows: number;
  private waiting: FactorTable[] = [];
  private waitingRows = 0;

  /** @param fields `minute` and the columns of the tables */
  constructor(
    keyValues: KeyValues,
    private readonly fields: readonly ParquetField[] = factorFields(),
  ) {
    this.encoder = new ParquetEncoder(fields, keyValues);
    this.rowGroupRows = Math.min(ROW_GROUP_ROWS, Math.ceil(ROW_GROUP_CELLS / fields.length));
  }

  /** Bytes to write before the next call; often none. */
  append(table: FactorTable): Uint8Array {
    this.waiting.push(table);
    this.waitingRows += table.length;
    if (this.waitingRows >= this.rowGroupRows) this.closeRowGroup();
    return this.encoder.take();
  }

  /** The last bytes. */
  finish(): Uint8Array {
    if (this.waitingRows > 0) this.closeRowGroup();
    return this.encoder.finish();
  }

  private closeRowGroup(): void {
    const columns = this.fields.map(({ name }) => {
      const whole = new Float64Array(this.waitingRows);
      let at = 0;
      for (const table of this.waiting) {
        whole.set(name === 'minute' ? table.minute : table.columns[name]!, at);
        at += table.length;
      }
      return whole;
    });
    this.encoder.appendRowGroup(columns);
    this.waiting = [];
    this.waitingRows = 0;
  }
}
