import { basename } from 'node:path';
import { objectKey, type ObjectName } from '../market/index.js';
import type { DefectBook } from './defect-book.js';
import { WHOLE_OBJECT } from './defect-kind.js';
import { ObjectWriter, type Container, type Publication } from './object-writer.js';
import type { SimulatedObject, Simulation } from './request.js';

/** Rows from which on a CSV might pass 4 GiB. */
const ZIP64_ROWS = 30_000_000;

interface TextShape {
  readonly header: string | undefined;
  readonly lineEnd?: string;
  readonly endsWithLineEnd?: boolean;
  readonly expectedRows?: number;
}

/** Opens objects as the defects that touch them want it, and collects the finished ones. */
export class ObjectDesk {
  readonly finished: SimulatedObject[] = [];
  readonly #open = new Set<ObjectWriter>();

  constructor(
    private readonly simulation: Simulation,
    private readonly book: DefectBook,
  ) {}

  /** Undefined when a defect says that the object is absent. */
  async open(name: ObjectName, shape: TextShape): Promise<ObjectWriter | undefined> {
    const touching = this.book.touching(name);
    const plain = basename(objectKey(name));
    let publication: Publication = { absent: false, key: objectKey(name), checksum: 'right' };
    let container: Container = {
      memberName: plain.replace(/zip$/, 'csv'),
      method: 'deflated',
      zip64: (shape.expectedRows ?? 0) > ZIP64_ROWS,
      furtherMembers: [],
    };
    for (const planted of touching) {
      const place = { object: name, random: this.book.random(planted) };
      publication = planted.kind.publish?.(publication, place) ?? publication;
      container = planted.kind.container?.(container, place) ?? container;
    }
    for (const planted of touching) {
      const { publish, container: pack } = planted.kind;
      // Edits of rows and layouts are recorded by those who make them.
      if (publish ?? pack) this.book.record(planted, publication.key, WHOLE_OBJECT);
    }
    if (publication.absent) return undefined;
    const writer = await ObjectWriter.open({
      outDir: this.simulation.outDir,
      name,
      publication,
      container,
      level: this.simulation.compressionLevel,
      header: shape.header,
      lineEnd: shape.lineEnd ?? '\n',
      endsWithLineEnd: shape.endsWithLineEnd ?? true,
      defects: touching.map(({ kind }) => kind.kind),
    });
    this.#open.add(writer);
    return writer;
  }

  async finish(writer: ObjectWriter): Promise<void> {
    this.finished.push(await writer.finish());
    this.#open.delete(writer);
  }

  /** A whole small object at once. */
  async publish(name: ObjectName, header: string | undefined, lines: readonly string[]): Promise<void> {
    const writer = await this.open(name, { header });
    if (!writer) return;
    await writer.writeLines(lines);
    await this.finish(writer);
  }

  /** Leaves nothing half-written behind. */
  async abort(): Promise<void> {
    for (const writer of this.#open) await writer.abort();
    this.#open.clear();
  }
}
