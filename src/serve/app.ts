import { type Context, Hono } from 'hono';
import type { HttpBindings } from '@hono/node-server';
import { type Refusal, isBug, refusal, refusalOf } from './answer-error.js';
import type { ColumnsAnswer } from './api.js';
import { CoverageRoom } from './coverage.js';
import { explainAnswer } from './explain.js';
import { infoAnswer } from './info.js';
import type { LedgerEye } from './ledger-eye.js';
import { monthFacts } from './month-facts.js';
import { Parameters } from './parameters.js';
import { QualityRoom } from './quality.js';
import { SERIES_PARAMETERS, readWantedSeries } from './series-request.js';
import { SeriesRoom } from './series.js';
import { findStatic } from './static-files.js';
import type { StatusHub } from './status-hub.js';
import { readLastEventId, statusStream } from './status-stream.js';
import { lookAtStatus } from './status.js';
import { WorkSlots } from './work-slots.js';

export interface AppOptions {
  readonly dataDir: string;
  readonly eye: LedgerEye;
  readonly webRoot: string;
  readonly cacheBytes: number;
  readonly heartbeatMs: number;
  /** After so long an answer is given up. */
  readonly answerMs: number;
  readonly hub: StatusHub;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
  readonly onBug: (error: unknown) => void;
}

type App = Hono<{ Bindings: HttpBindings }>;
type Asked = Context<{ Bindings: HttpBindings }>;

/** Routes alone: who may ask is decided before, in `whyRefused`. */
export function makeApp(options: AppOptions): App {
  const { dataDir, eye, hub } = options;
  const app: App = new Hono();
  const slots = new WorkSlots();
  const coverage = new CoverageRoom(dataDir, eye);
  const quality = new QualityRoom(dataDir);
  const series = new SeriesRoom(dataDir, options.cacheBytes);

  const get = (
    path: string,
    names: readonly string[],
    answer: (parameters: Parameters, signal: AbortSignal) => unknown,
  ): void => {
    app.get(path, async (asked) => {
      const parameters = new Parameters(asked.req.url, names);
      const signals = [asked.req.raw.signal, options.closing, AbortSignal.timeout(options.answerMs)];
      const signal = AbortSignal.any(signals);
      return json(asked, await answer(parameters, signal));
    });
  };

  get('/api/info', [], (_, signal) =>
    slots.run(signal, () => infoAnswer({ dataDir, ledger: eye.path, coverage, quality }, signal)),
  );
  get('/api/status', [], () => lookAtStatus(eye, null, 0, Date.now()).answer);
  get('/api/columns', [], (): ColumnsAnswer => ({ columns: series.columns }));
  get('/api/series', SERIES_PARAMETERS, (parameters, signal) => {
    const wanted = readWantedSeries(parameters);
    return slots.run(signal, () => series.answer(wanted, signal));
  });
  get('/api/coverage', ['market', 'symbol'], (parameters, signal) => {
    const [market, symbol] = [parameters.market(), parameters.optionalSymbol()];
    return slots.run(signal, () => coverage.answer(market, symbol, signal));
  });
  get('/api/coverage/month', ['market', 'dataType', 'symbol', 'month'], (parameters, signal) => {
    const wanted = {
      market: parameters.market(),
      symbol: parameters.symbol(),
      dataType: parameters.required('dataType'),
      month: parameters.month(),
    };
    return slots.run(signal, () => monthFacts(dataDir, wanted, coverage, quality));
  });
  get('/api/quality', ['market'], (parameters, signal) => {
    const market = parameters.market();
    return slots.run(signal, () => quality.answer(market));
  });
  get('/api/explain', ['market', 'symbol', 'at'], (parameters, signal) => {
    const [market, symbol, at] = [parameters.market(), parameters.symbol(), parameters.instant('at')];
    return slots.run(signal, () => explainAnswer(dataDir, market, symbol, at));
  });

  app.get('/api/status/stream', (asked) => {
    // Nothing is asked for but the stream; an unknown parameter is refused here too.
    new Parameters(asked.req.url, []);
    if (asked.req.method === 'HEAD') return asked.body(null, 200, STREAM_HEADERS);
    const afterId = readLastEventId(asked.req.header('last-event-id'));
    const signal = AbortSignal.any([asked.req.raw.signal, options.closing]);
    return asked.body(statusStream(hub, afterId, options.heartbeatMs, signal), 200, STREAM_HEADERS);
  });

  app.get('*', async (asked) => {
    const file = asked.req.path.startsWith('/api') ? null : await findStatic(options.webRoot, asked.req.path);
    if (!file) return notFound(asked);
    const headers = { 'Content-Type': file.type, 'Cache-Control': 'no-cache', ETag: file.etag };
    if (asked.req.header('if-none-match') === file.etag) return asked.body(null, 304, headers);
    return asked.body(file.bytes, 200, headers);
  });

  app.onError((error, asked) => {
    // Whoever asked has gone, or the server closes: nobody reads the answer.
    const isGone = asked.req.raw.signal.aborted || options.closing.aborted;
    if (isTimeout(error)) {
      const seconds = options.answerMs / 1000;
      return refuse(
        asked,
        refusal(503, 'E_TOO_MANY', `not answered within ${seconds} s; ask for less, or again`),
      );
    }
    if (!isGone && isBug(error)) options.onBug(error);
    return refuse(asked, refusalOf(error));
  });
  return app;
}

const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
};

function json(asked: Asked, answer: unknown): Response {
  return asked.body(JSON.stringify(answer), 200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
  });
}

function refuse(asked: Asked, { status, body }: Refusal): Response {
  return asked.body(JSON.stringify(body), status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
  });
}

function notFound(asked: Asked): Response {
  const { path } = asked.req;
  if (path === '/api' || path.startsWith('/api/')) {
    return refuse(asked, refusal(404, 'E_NOT_FOUND', `there is no ${path}`, { found: path }));
  }
  return asked.body(NOT_FOUND_PAGE, 404, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
  });
}

/** Says nothing of what was asked for, so that nothing has to be escaped. */
const NOT_FOUND_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Not found</title>
<h1>Not found</h1>
<p>There is no such page. <a href="/">The dashboard</a> is at the root.</p>
</html>
`;

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
