/**
 * One error family. Every failure that tapemill itself detects is a `TapemillError` with a stable
 * `code` (never renamed; new ones are added), the exit status that goes with it, and whether trying
 * again can help. Everything else that is thrown is a bug.
 */

/** Exit statuses of the command line. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  integrity: 4,
  nothingThere: 5,
  tryAgain: 75,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

interface ErrorKind {
  readonly exit: ExitStatus;
  /** What happened, for docs/errors.md. */
  readonly meaning: string;
  /** What the user can do about it. */
  readonly remedy: string;
  readonly retryable?: boolean;
}

const kinds = {
  E_USAGE: {
    exit: EXIT.usage,
    meaning: 'The command line, or an argument of a library function, is not valid.',
    remedy: 'The message names the argument, what was expected and what was found.',
  },
  E_PERIOD: {
    exit: EXIT.usage,
    meaning: 'A date, month, range or frequency is malformed or its start is after its end.',
    remedy: 'Use YYYY-MM or YYYY-MM-DD; both ends are inclusive, all times are UTC.',
  },
  E_SYMBOL: {
    exit: EXIT.usage,
    meaning: 'A symbol contains characters that cannot be part of an archive name.',
    remedy: 'Use the exchange name as the archive lists it, for example BTCUSDT.',
  },
  E_ARCHIVE_UNREADABLE: {
    exit: EXIT.failed,
    meaning: 'The archive folder does not exist or cannot be read.',
    remedy: 'Give the folder that holds `data/` with --archive, and check its permissions.',
  },
  E_NOT_FOUND: {
    exit: EXIT.nothingThere,
    meaning: 'The archive has no such symbol, or no object of it in the requested range.',
    remedy: 'Check --market and the spelling; the message says which range the archive has.',
  },
  E_CHECKSUM: {
    exit: EXIT.integrity,
    meaning: 'The SHA-256 of the object differs from its .CHECKSUM file.',
    remedy: 'Fetch both files again; the object may have been replaced between the two requests.',
  },
  E_CHECKSUM_FORMAT: {
    exit: EXIT.integrity,
    meaning: 'The .CHECKSUM file does not hold `<sha256>  <file name>` for this object.',
    remedy: 'Fetch the .CHECKSUM file again.',
  },
  E_ZIP: {
    exit: EXIT.integrity,
    meaning:
      'The object is not a readable ZIP: truncated, damaged, or with headers that contradict each other.',
    remedy: 'Fetch the object again.',
  },
  E_ZIP_MEMBER: {
    exit: EXIT.integrity,
    meaning: 'The ZIP does not hold exactly one usable .csv member: none, several, or an unsafe name.',
    remedy: 'Look at the ZIP with a listing tool; such an object is not one of the archive.',
  },
  E_ZIP_CRC: {
    exit: EXIT.integrity,
    meaning: 'The CRC-32 of the inflated member differs from the one the ZIP declares.',
    remedy: 'Fetch the object again.',
  },
  E_ZIP_SIZE: {
    exit: EXIT.integrity,
    meaning:
      'The member inflates to more or fewer bytes than declared, or declares an implausible size (a bomb).',
    remedy: 'Fetch the object again; do not trust its origin if it stays so.',
  },
  E_CSV_LAYOUT: {
    exit: EXIT.integrity,
    meaning: 'The header line or the first row of the CSV is not a known aggTrades layout.',
    remedy: 'The message prints the line. A new layout of the exchange needs a new version of tapemill.',
  },
  E_CSV_MALFORMED: {
    exit: EXIT.integrity,
    meaning: 'More rows than the limit (0.1 %) cannot be read.',
    remedy: 'The message quotes the first such line with its number.',
  },
  E_CSV_TIME: {
    exit: EXIT.integrity,
    meaning:
      'Times in the CSV are in no known unit, or no row lies in the period that the object is named for.',
    remedy: 'The object is misnamed or in another unit; fetch it again or report it.',
  },
  E_IDS: {
    exit: EXIT.integrity,
    meaning:
      'The ids of the rows are so scattered or so often repeated that duplicates cannot be told in bounded memory.',
    remedy: 'The object is not a list of trades of one symbol; fetch it again.',
  },
  E_LAYER: {
    exit: EXIT.integrity,
    meaning: 'A file of the minute layer cannot be read or is not one that tapemill wrote.',
    remedy: 'Delete the file and collect the month again.',
  },
  E_NO_LAYER: {
    exit: EXIT.nothingThere,
    meaning: 'The minute layer holds nothing for this symbol and range.',
    remedy: 'Run `tapemill collect` first, or check --data-dir and --market.',
  },
  E_NO_LIQUIDATIONS: {
    exit: EXIT.nothingThere,
    meaning: 'Nothing is stored of the liquidations of this symbol and range.',
    remedy: 'Run `tapemill import liquidations` first, or check --data-dir and --market.',
  },
  E_NO_DATASET: {
    exit: EXIT.nothingThere,
    meaning: 'There is no finished wide table of this market and frequency, or the symbol is not in it.',
    remedy: 'Run `tapemill dataset build` first, or check --data-dir, --market, --freq and the symbol.',
  },
  E_DATASET: {
    exit: EXIT.integrity,
    meaning:
      'A file of the wide table is missing, cannot be read or is not what the build wrote, or what the table is made of has changed since.',
    remedy: 'Run `tapemill dataset build` again.',
  },
  E_DISK_FULL: {
    exit: EXIT.tryAgain,
    meaning: 'The disk is full, or a quota is used up. Nothing half-written was left.',
    remedy: 'Make room and run the same command again; finished work is reused.',
    retryable: true,
  },
  E_IO: {
    exit: EXIT.failed,
    meaning: 'A file or folder could not be read or written.',
    remedy: 'The message names the path and what the system said.',
  },
  E_NETWORK: {
    exit: EXIT.tryAgain,
    meaning:
      'No usable answer from the server after several attempts: connection errors, timeouts, 429 or 5xx answers.',
    remedy: 'Run the same command again later; partial downloads are resumed and finished work is reused.',
    retryable: true,
  },
  E_FORBIDDEN: {
    exit: EXIT.failed,
    meaning: 'The server refuses access (401, 403 or 407).',
    remedy: 'Check the URL of --archive, its credentials and the proxy settings, or use a mirror.',
  },
  E_GEOBLOCKED: {
    exit: EXIT.failed,
    meaning: 'The server does not serve the country or network that the request comes from (451).',
    remedy: 'Use a mirror of the archive that you may reach, with --archive.',
  },
  E_HTTP: {
    exit: EXIT.failed,
    meaning: 'The server answers unlike an archive: an unexpected status, or a body without end.',
    remedy: 'Check that --archive (and --index) are the URL of an archive; the message quotes the answer.',
  },
  E_INDEX: {
    exit: EXIT.failed,
    meaning: 'The index of the archive cannot be used, and what is asked for cannot be found without it.',
    remedy: 'Give the URL of an S3 listing with --index, or name the symbols.',
  },
  E_LEDGER: {
    exit: EXIT.failed,
    meaning: 'The ledger file is damaged, no ledger at all, or of another version.',
    remedy: 'Delete it: it is made anew from the footers of the layer. `tapemill doctor` says what is wrong.',
  },
  E_LEDGER_BUSY: {
    exit: EXIT.tryAgain,
    meaning: 'Another process kept the ledger locked for too long.',
    remedy: 'Look for a stopped tapemill process (Ctrl-Z, a debugger); continue or end it, and try again.',
    retryable: true,
  },
  E_LEASE_LOST: {
    exit: EXIT.tryAgain,
    meaning: 'A worker was away for longer than its lease, and another one has taken over its task.',
    remedy: 'Nothing: the other worker does it. If it happens often, the machine sleeps or is overloaded.',
    retryable: true,
  },
  E_WORKER_ID: {
    exit: EXIT.usage,
    meaning: 'A worker of this name is at work on the same queue.',
    remedy: 'Give each worker a name of its own with --worker-id.',
  },
  E_IMPORT_NAME: {
    exit: EXIT.usage,
    meaning:
      'A folder or file to import is not named as its format wants it, holds nothing of it, or holds a period twice.',
    remedy: 'The message shows the expected names and what was found; see docs/imports.md.',
  },
  E_IMPORT_SYMBOL: {
    exit: EXIT.integrity,
    meaning:
      'A row of a file to import belongs to another symbol or exchange than the name of the file says.',
    remedy: 'Look at the line that the message names: two files were mixed up, or one was renamed.',
  },
  E_GZIP: {
    exit: EXIT.integrity,
    meaning:
      'The file is not one whole gzip member: truncated, damaged (CRC-32 or length differ), followed by another member or by other bytes.',
    remedy: 'Fetch the file again.',
  },
  E_SQL: {
    exit: EXIT.usage,
    meaning: 'DuckDB refused the query.',
    remedy: 'The message is its own. `tapemill query --help` names the views and their columns.',
  },
  E_WORKER: {
    exit: EXIT.failed,
    meaning: 'A worker ended before it had answered.',
    remedy: 'Usually memory; try fewer --workers. Finished work is reused.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof kinds;

/** Every code with its exit status, meaning and remedy: the source of docs/errors.md. */
export const ERROR_KINDS: Readonly<Record<ErrorCode, ErrorKind>> = kinds;

const brand = Symbol.for('tapemill.error');

/** Where the input was wrong; printed with the message and kept for `--json`. */
export interface ErrorContext {
  /** Archive key or path of the object. */
  readonly object?: string;
  readonly path?: string;
  /** 1-based line in the CSV, the header counting as one. */
  readonly line?: number;
  readonly column?: string;
  readonly expected?: string;
  readonly found?: string;
  /** Without credentials. */
  readonly url?: string;
  /** Of the last HTTP answer. */
  readonly status?: number;
  /** How often it was tried. */
  readonly attempts?: number;
}

export class TapemillError extends Error {
  override readonly name = 'TapemillError';
  readonly code: ErrorCode;
  readonly exitStatus: ExitStatus;
  readonly retryable: boolean;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}, options?: { cause?: unknown }) {
    super(message, options);
    const kind: ErrorKind = kinds[code];
    this.code = code;
    this.exitStatus = kind.exit;
    this.retryable = kind.retryable ?? false;
    this.context = context;
    Object.defineProperty(this, brand, { value: true });
  }

  /** True for a `TapemillError` of any installed copy of the package. */
  static is(value: unknown): value is TapemillError {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** Plain data that survives a message port; see `fromJSON`. */
  toJSON(): SerializedError {
    return { code: this.code, message: this.message, context: this.context };
  }

  static fromJSON(data: SerializedError): TapemillError {
    return new TapemillError(data.code, data.message, data.context);
  }
}

export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly context: ErrorContext;
}

/** True for an error of the system with this code, `ENOENT` for instance. */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Turns an error of the file system into ours; anything that is no such error is returned as it is. */
export function fromSystemError(error: unknown, doing: string, path: string): unknown {
  if (TapemillError.is(error) || !(error instanceof Error) || !('code' in error)) return error;
  const code = error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 'E_DISK_FULL' : 'E_IO';
  return new TapemillError(code, `${doing} ${path}: ${error.message}`, { path }, { cause: error });
}
