/** How a page of the index is spoiled. */
export type IndexSpoil = 'error-page' | 'error-body' | 'cut' | 'empty' | 'blank' | 'ignore-marker';

/** A status in place of the answer, with S3's code for its body. */
export interface StatusEffect {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Of the `Retry-After` header. */
  readonly retryAfterSeconds?: number;
  /** The header holds a date and not a number. */
  readonly retryAfterAsDate?: true;
}

/** What the faults that strike one request do to its answer; together they may be several. */
export interface Effects {
  /** Wait so long before the status line. */
  readonly headersDelayMs?: number;
  /** Close the connection without an answer. */
  readonly hangUp?: true;
  readonly status?: StatusEffect;
  readonly ignoreRange?: true;
  /** How often the ETag has changed so far, though the content has not. */
  readonly etagRevision?: number;
  /** How many revisions before the one on disk this answer is. */
  readonly revisionsBehind?: number;
  /** Added to the true Content-Length; may be negative. */
  readonly lengthErrorBytes?: number;
  /** End the connection after this share (0 … 1) of the body: closed in order, or reset. */
  readonly cut?: { readonly share: number; readonly by: 'close' | 'reset' };
  /** Stop so long in the middle of the body. */
  readonly stallMs?: number;
  readonly bytesPerSecond?: number;
  /** Invert so many bytes of the body, at places that follow from the seed's name. */
  readonly flip?: { readonly bytes: number; readonly seed: string };
  readonly index?: IndexSpoil;
}
