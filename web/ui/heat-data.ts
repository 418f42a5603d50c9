/** What a heat grid shows. Types alone. */

/** One square of a calendar. */
export interface HeatCell {
  /** Class that colours it. */
  readonly look: string;
  /** 0 … 1, for looks that show how much; null for the others. */
  readonly share: number | null;
  /** All of it in words. */
  readonly text: string;
}

export interface HeatRow {
  readonly key: string;
  readonly label: string;
  readonly note: string;
}

export interface HeatData {
  readonly months: readonly string[];
  readonly rows: readonly HeatRow[];
  /** Null: nothing to be opened there. */
  readonly cell: (row: number, column: number) => HeatCell | null;
}
