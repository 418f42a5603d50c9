/** What happens on the network, for progress displays and logs. Sizes in bytes; URLs without credentials. */
export type DownloadEvent =
  | {
      readonly type: 'retry';
      readonly url: string;
      /** The attempt that failed, counted from 1. */
      readonly attempt: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  | { readonly type: 'received'; readonly object: string; readonly bytes: number }
  | {
      readonly type: 'downloaded';
      readonly object: string;
      readonly bytes: number;
      /** Of these, how many came from an earlier partial download. */
      readonly resumedBytes: number;
    }
  | { readonly type: 'mismatch'; readonly object: string; readonly expected: string; readonly found: string }
  | { readonly type: 'quarantined'; readonly object: string; readonly path: string }
  | { readonly type: 'no-index'; readonly index: string; readonly reason: string };
