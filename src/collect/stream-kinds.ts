import { SOURCE_STREAMS } from './source-stream.js';
import type { StreamKind } from './stream-kind.js';
import type { ArchiveStream } from './streams.js';
import { TICK_STREAMS } from './tick-stream.js';

/** Who knows what to do with a stream of the archive. */
export function kindOf({ dataType }: ArchiveStream): StreamKind {
  return dataType === 'aggTrades' ? TICK_STREAMS : SOURCE_STREAMS;
}
