import type {
  ApiError,
  ColumnsAnswer,
  CoverageAnswer,
  ExplainAnswer,
  InfoAnswer,
  MonthAnswer,
  QualityAnswer,
  SeriesAnswer,
} from './api-types.js';

/** What the server refused, or that it could not be reached (`E_UNREACHABLE`). */
export class ApiFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly expected: string | null = null,
    readonly found: string | null = null,
  ) {
    super(message);
  }
}

type Query = Readonly<Record<string, string | number | boolean>>;

export interface SeriesQuery {
  readonly market: string;
  readonly symbol: string;
  /** Seconds. */
  readonly from: number;
  readonly to: number;
  readonly freq: string;
  readonly points: number;
  readonly columns: readonly string[];
}

export const api = {
  info: (signal?: AbortSignal) => get<InfoAnswer>('info', {}, signal),
  columns: (signal?: AbortSignal) => get<ColumnsAnswer>('columns', {}, signal),
  coverage: (market: string, signal?: AbortSignal) => get<CoverageAnswer>('coverage', { market }, signal),
  month: (
    query: {
      readonly market: string;
      readonly dataType: string;
      readonly symbol: string;
      readonly month: string;
    },
    signal?: AbortSignal,
  ) => get<MonthAnswer>('coverage/month', query, signal),
  series: ({ columns, ...query }: SeriesQuery, signal?: AbortSignal) =>
    get<SeriesAnswer>('series', { ...query, columns: columns.join(','), cumulative: true }, signal),
  quality: (market: string, signal?: AbortSignal) => get<QualityAnswer>('quality', { market }, signal),
  explain: (
    query: { readonly market: string; readonly symbol: string; readonly at: number },
    signal?: AbortSignal,
  ) => get<ExplainAnswer>('explain', query, signal),
} as const;

async function get<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
  const text = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
  const url = `/api/${path}${text.size === 0 ? '' : `?${text}`}`;
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null, headers: { Accept: 'application/json' } });
  } catch (error) {
    if (isAborted(error)) throw error;
    throw new ApiFailure('E_UNREACHABLE', 'The server does not answer. Is tapemill serve still running?');
  }
  if (!response.ok) throw await failureOf(response);
  return (await response.json()) as T;
}

/** What nobody waits for any more is no failure. */
export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

async function failureOf(response: Response): Promise<ApiFailure> {
  try {
    const { error } = (await response.json()) as ApiError;
    return new ApiFailure(error.code, error.message, error.expected ?? null, error.found ?? null);
  } catch {
    return new ApiFailure(
      `HTTP ${response.status}`,
      response.statusText || 'The server refused without saying why.',
    );
  }
}
