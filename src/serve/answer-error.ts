import { type ErrorCode, TapemillError } from '../errors.js';
import type { ApiError } from './api.js';

/** Codes that only the server has, beside those of `TapemillError`. */
export type ServerCode = ErrorCode | 'E_TOO_MANY' | 'E_INTERNAL';

export type ErrorStatus = 400 | 403 | 404 | 405 | 429 | 500 | 503;

/** What is answered instead. */
export interface Refusal {
  readonly status: ErrorStatus;
  readonly body: ApiError;
}

/** More is asked for at once than is answered at once; it helps to try again. */
export class TooMany extends Error {}

export function refusal(
  status: ErrorStatus,
  code: ServerCode,
  message: string,
  context: { readonly expected?: string | undefined; readonly found?: string | undefined } = {},
): Refusal {
  const { expected, found } = context;
  return {
    status,
    body: {
      error: {
        code,
        message,
        ...(expected !== undefined && { expected }),
        ...(found !== undefined && { found }),
      },
    },
  };
}

/** What is said of an error. Of a bug nothing but that it is one: what it is about may be no business of the page. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof TooMany) return refusal(429, 'E_TOO_MANY', error.message);
  if (TapemillError.is(error)) {
    return refusal(STATUS[error.code] ?? 500, error.code, error.message, error.context);
  }
  return refusal(500, 'E_INTERNAL', 'a bug of the server; its terminal shows it');
}

/** Whether it is nobody's fault but ours, and has to be shown where the server was started. */
export function isBug(error: unknown): boolean {
  return !(error instanceof TooMany) && !TapemillError.is(error);
}

/** Of what is not the server's own trouble; everything else is 500. */
const STATUS: Partial<Record<ErrorCode, ErrorStatus>> = {
  E_USAGE: 400,
  E_PERIOD: 400,
  E_SYMBOL: 400,
  E_FORBIDDEN: 403,
  E_NO_LAYER: 404,
  E_NOT_FOUND: 404,
  E_NO_LIQUIDATIONS: 404,
  E_LEDGER_BUSY: 503,
};
