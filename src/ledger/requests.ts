import type { Market } from '../market/index.js';
import type { Database } from '../sqlite/index.js';
import type { Thresholds } from '../ticks/index.js';

/** What was last asked to be collected of a symbol, so that it can be asked again. */
export interface SubjectRequest {
  /** Inclusive ends as the user wrote them; null: all there is. */
  readonly start: string | null;
  readonly end: string | null;
  readonly archive: string;
  readonly index: string | null;
  readonly thresholds: Thresholds;
  readonly prefer: 'monthly' | 'daily' | null;
  readonly keepZip: boolean;
}

export interface Subject {
  readonly market: Market;
  readonly stream: string;
  readonly symbol: string;
}

export class RequestTable {
  constructor(
    private readonly db: Database,
    private readonly now: () => number,
  ) {}

  remember({ market, stream, symbol }: Subject, request: SubjectRequest): void {
    const text = JSON.stringify(request);
    this.db.run(
      `INSERT INTO requests (market, stream, symbol, request, asked_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (market, stream, symbol) DO UPDATE SET request = excluded.request, asked_at = excluded.asked_at
       WHERE request <> excluded.request`,
      market,
      stream,
      symbol,
      text,
      this.now(),
    );
  }

  find({ market, stream, symbol }: Subject): SubjectRequest | undefined {
    const row = this.db.get(
      'SELECT request FROM requests WHERE market = ? AND stream = ? AND symbol = ?',
      market,
      stream,
      symbol,
    );
    return row && (JSON.parse(row['request'] as string) as SubjectRequest);
  }

  /** By market, data type and symbol. */
  all(): (Subject & { readonly request: SubjectRequest })[] {
    return this.db.all('SELECT * FROM requests ORDER BY market, stream, symbol').map((row) => ({
      market: row['market'] as Market,
      stream: row['stream'] as string,
      symbol: row['symbol'] as string,
      request: JSON.parse(row['request'] as string) as SubjectRequest,
    }));
  }
}
