import { TapemillError } from '../errors.js';
import { TARDIS_CHANNELS, type TardisChannel } from '../imports/index.js';
import { type Market, archiveSymbol, normalizeSymbol, parseInterval, streamOf } from '../market/index.js';
import { SOURCE_KINDS, SOURCE_TYPES, type SourceType } from '../sources/index.js';

/** One data type of the archive, of klines with their interval. */
export interface ArchiveStream {
  readonly from: 'archive';
  /** `aggTrades`, `metrics`, `klines:1h`: in groups of tasks and in the ledger. */
  readonly name: string;
  readonly dataType: 'aggTrades' | SourceType;
  /** `1h` …; null but for the kline types. */
  readonly interval: string | null;
}

/** One channel of Tardis. */
export interface TardisStream {
  readonly from: 'tardis';
  /** `tardis:liquidations` */
  readonly name: string;
  readonly channel: TardisChannel;
}

/** What a collection brings in of a symbol. */
export type Stream = ArchiveStream | TardisStream;

/** A stream of one symbol, which is what tasks are planned for together. */
export interface Subject<Of extends Stream = Stream> {
  readonly market: Market;
  readonly stream: Of;
  /** As whoever publishes it spells it: coin-margined index prices are those of the pair. */
  readonly symbol: string;
}

const TARDIS = 'tardis:';
export const DEFAULT_DATA_TYPES: readonly string[] = ['aggTrades'];
export const DEFAULT_INTERVALS: readonly string[] = ['1h'];
/** What can be collected, as users name it. */
export const COLLECTED_TYPES: readonly string[] = [
  'aggTrades',
  ...SOURCE_TYPES,
  ...TARDIS_CHANNELS.map((channel) => TARDIS + channel),
];

/**
 * The streams of these data types, each once, in the order in which they are named.
 * @param intervals of the kline types; null: `DEFAULT_INTERVALS`
 * @throws `E_USAGE` for unknown names, for what the market does not have, and for intervals that nothing uses
 */
export function streamsOf(
  market: Market,
  dataTypes: readonly string[],
  intervals: readonly string[] | null,
): Stream[] {
  if (dataTypes.length === 0) {
    throw new TapemillError(
      'E_USAGE',
      `expected a data type out of ${COLLECTED_TYPES.join(', ')}, found none`,
    );
  }
  const labels = (intervals ?? DEFAULT_INTERVALS).map((text) => parseInterval(text).label);
  if (labels.length === 0) throw new TapemillError('E_USAGE', 'expected an interval, as 1h, found none');
  const streams = dataTypes.flatMap((dataType) => streamsOfType(market, dataType, labels));
  if (intervals !== null && streams.every((stream) => stream.from === 'tardis' || stream.interval === null)) {
    throw new TapemillError(
      'E_USAGE',
      `an interval is for klines; of ${dataTypes.join(', ')} there are none, found ${intervals.join(', ')}`,
      { expected: 'a kline type', found: dataTypes.join(', ') },
    );
  }
  return [...new Map(streams.map((stream) => [stream.name, stream])).values()];
}

function streamsOfType(market: Market, text: string, labels: readonly string[]): Stream[] {
  const channel = TARDIS_CHANNELS.find((candidate) => TARDIS + candidate === text);
  if (channel !== undefined) return [{ from: 'tardis', name: text, channel }];
  if (text === 'aggTrades') return [{ from: 'archive', name: text, dataType: text, interval: null }];
  const dataType = SOURCE_TYPES.find((candidate) => candidate === text);
  if (dataType === undefined) throw unknownType(text);
  const { markets, hasInterval } = SOURCE_KINDS[dataType];
  if (!markets.includes(market)) {
    throw new TapemillError(
      'E_USAGE',
      `${dataType} is published for ${markets.join(' and ')}, not for ${market}`,
      { expected: markets.join(', '), found: market },
    );
  }
  return (hasInterval ? labels : [null]).map((interval) => ({
    from: 'archive',
    name: streamOf({ dataType, ...(interval === null ? {} : { interval }) }),
    dataType,
    interval,
  }));
}

function unknownType(text: string): TapemillError {
  const plain = (name: string): string => name.toLowerCase().replace(/s$/, '');
  const meant = COLLECTED_TYPES.find((name) => plain(name) === plain(text));
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return new TapemillError(
    'E_USAGE',
    `expected a data type out of ${COLLECTED_TYPES.join(', ')}, found "${text}"${hint}`,
    { expected: COLLECTED_TYPES.join(', '), found: text },
  );
}

/** The inverse of `Stream.name`. @throws `E_USAGE` */
export function parseStream(market: Market, name: string): Stream {
  const [, dataType, interval] = /^(?!tardis:)([^:]+):(.+)$/.exec(name) ?? [];
  const [stream] =
    dataType === undefined ? streamsOf(market, [name], null) : streamsOf(market, [dataType], [interval!]);
  return stream!;
}

/** Every symbol with every stream, each once: two contracts of a pair have the same index prices. */
export function subjectsOf(
  market: Market,
  symbols: readonly string[],
  streams: readonly Stream[],
): Subject[] {
  const subjects = symbols.flatMap((symbol) =>
    streams.map((stream): Subject => ({ market, stream, symbol: subjectSymbol(market, stream, symbol) })),
  );
  return [...new Map(subjects.map((subject) => [groupOf(subject), subject])).values()];
}

/** What a symbol is called in a stream. */
export function subjectSymbol(market: Market, stream: Stream, symbol: string): string {
  const name = normalizeSymbol(symbol);
  return stream.from === 'archive' ? archiveSymbol(market, stream.dataType, name) : name;
}

/** `um/aggTrades/BTCUSDT`, `um/klines:1h/BTCUSDT`: what the tasks of a subject have in common. */
export const groupOf = ({ market, stream, symbol }: Subject): string => `${market}/${stream.name}/${symbol}`;

export const isArchiveSubject = <S extends Subject>(subject: S): subject is S & Subject<ArchiveStream> =>
  subject.stream.from === 'archive';

export const isTardisSubject = <S extends Subject>(subject: S): subject is S & Subject<TardisStream> =>
  subject.stream.from === 'tardis';
