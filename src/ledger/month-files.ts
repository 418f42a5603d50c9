import { stat } from 'node:fs/promises';
import { type LayerFacts, findLayerFacts } from '../layer/index.js';
import type { Database } from '../sqlite/index.js';

/**
 * What the footers of month files say, kept so that a run with nothing to do need not open thousands of files. A file is
 * the one that was read as long as its size and its time of change (in nanoseconds) are the same.
 */
export class MonthFileTable {
  constructor(
    private readonly db: Database,
    private readonly isReadOnly: boolean,
  ) {}

  /** As `findLayerFacts`: null when there is no such file. @throws `E_LAYER`, `E_IO` */
  facts(path: string): Promise<LayerFacts | null> {
    return this.remembered(path, findLayerFacts);
  }

  /**
   * The same of any kind of month file.
   * @param find reads the facts, which are JSON; null when there is no such file
   */
  async remembered<Facts>(
    path: string,
    find: (path: string) => Promise<Facts | null>,
  ): Promise<Facts | null> {
    const file = await stat(path, { bigint: true }).catch(() => undefined);
    if (!file) return find(path);
    const mtimeNs = String(file.mtimeNs);
    const row = this.db.get('SELECT bytes, mtime_ns, facts FROM month_files WHERE path = ?', path);
    if (row?.['bytes'] === Number(file.size) && row['mtime_ns'] === mtimeNs) {
      return JSON.parse(row['facts'] as string) as Facts;
    }
    const facts = await find(path);
    // A file that changed less than a moment ago could change again within the same tick of its clock.
    const isSettled = Date.now() - Number(file.mtimeMs) > 50;
    if (facts !== null && isSettled && !this.isReadOnly) {
      this.db.run(
        'INSERT OR REPLACE INTO month_files (path, bytes, mtime_ns, facts) VALUES (?, ?, ?, ?)',
        path,
        Number(file.size),
        mtimeNs,
        JSON.stringify(facts),
      );
    }
    return facts;
  }
}
