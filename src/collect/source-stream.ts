import { dirname } from 'node:path';
import type { Period } from '../time/index.js';
import {
  SOURCE_KINDS,
  type SettleSourceRequest,
  type SourceSeries,
  findSettledSource,
  findSourceFacts,
  settleSource,
  sourceCsvPaths,
  sourceMonthPath,
  sourceSeries,
} from '../sources/index.js';
import { parseInterval } from '../market/index.js';
import { DAY_MS } from '../time/index.js';
import { buildSourceMonth } from './source-month.js';
import { planSourceMonth } from './source-plan.js';
import type { SettleRequest, StreamKind } from './stream-kind.js';
import type { ArchiveStream, Subject } from './streams.js';

/** Metrics, funding, klines, liquidations: months of cleaned rows, the table being a CSV of them. */
export const SOURCE_STREAMS: StreamKind = {
  cadences,
  monthFolder: (dataDir, subject) => dirname(sourceMonthPath(dataDir, seriesOf(subject), '1970-01')),
  tableFolder: (dataDir, { market, stream }) =>
    dirname(sourceCsvPaths(dataDir, seriesOf({ market, stream, symbol: 'X' })).csv),

  async planMonth(archive, entries, plan, request, memory) {
    const series = seriesOf(request);
    const work = await planSourceMonth(archive, entries, plan, { ...request, series }, memory);
    const { reason, objects, notes } = work;
    const { dataDir, prefer, keepZip } = request;
    const job = { dataDir, series, prefer, keepZip, work, reason: reason ?? '' };
    return {
      ...{ plan, reason, objects, notes, known: work.keep },
      build: (options, services) => buildSourceMonth({ ...job, ...options }, services),
    };
  },

  settle: (request) => settleSource(csvRequest(request)),
  findSettled: (request) => findSettledSource(csvRequest(request)),
};

/** What a daily object could hold of a kline longer than a day has not ended. */
function cadences({ dataType, interval }: ArchiveStream): readonly Period['kind'][] {
  const published = SOURCE_KINDS[sourceTypeOf(dataType)].cadences;
  if (interval === null) return published;
  const { lengthMs } = parseInterval(interval);
  return lengthMs === null || lengthMs > DAY_MS ? published.filter((kind) => kind === 'month') : published;
}

function seriesOf({ market, stream, symbol }: Subject<ArchiveStream>): SourceSeries {
  return sourceSeries({
    ...{ market, symbol, interval: stream.interval },
    dataType: sourceTypeOf(stream.dataType),
  });
}

function sourceTypeOf(dataType: ArchiveStream['dataType']): SourceSeries['dataType'] {
  if (dataType === 'aggTrades') throw new RangeError('aggTrades are no source');
  return dataType;
}

function csvRequest({ stream, market, symbol, readFacts, ...request }: SettleRequest): SettleSourceRequest {
  const { dataType, interval } = seriesOf({ market, stream, symbol });
  return {
    ...request,
    ...{ market, symbol, dataType, interval: interval?.label ?? null },
    readFacts: (path) => readFacts(path, findSourceFacts),
  };
}
