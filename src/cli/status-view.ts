import { setTimeout as wait } from 'node:timers/promises';
import { EXIT, type ExitStatus } from '../errors.js';
import {
  LiveScreen,
  type ScreenStream,
  type StatusSnapshot,
  exitStatusOf,
  openLedgerView,
  readHistory,
  readStatus,
  renderHistory,
  renderLine,
  renderStatus,
  styleFor,
} from '../watch/index.js';

/** What to look at, and how to show it. */
export interface StatusView {
  /** Of the ledger. */
  readonly path: string;
  readonly json: boolean;
  readonly all: boolean;
  readonly color: boolean;
  readonly stallMs: number;
  readonly out: ScreenStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Raised when a member of `status --json` changes its meaning or goes; new members may come at any time. */
const JSON_VERSION = 1;
/** Lines for pipes and files. */
const PLAIN_CELLS = 100;

/** One look. The ledger is opened for each: it may be replaced while one watches. @throws as `openLedgerView` */
function look({ path, stallMs }: StatusView): StatusSnapshot {
  const view = openLedgerView(path);
  try {
    return readStatus(view.db, { nowMs: Date.now(), stallMs });
  } finally {
    view.close();
  }
}

export function printOnce(view: StatusView): ExitStatus {
  const snapshot = look(view);
  const exitStatus = exitStatusOf(snapshot);
  if (view.json) printJson(view, snapshot, exitStatus);
  else {
    const width = widthOf(view);
    for (const line of linesOf(view, snapshot, { width, maxLines: Infinity })) view.out.write(`${line}\n`);
  }
  return exitStatus;
}

/** @returns when all is settled, or with 0 when it is stopped */
export async function watchStatus(
  view: StatusView,
  intervalMs: number,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const screen = new LiveScreen(view.out, { lineEveryMs: 0 });
  try {
    for (;;) {
      const snapshot = look(view);
      const exitStatus = exitStatusOf(snapshot);
      if (view.json) printJson(view, snapshot, exitStatus);
      else {
        screen.show({
          block: (size) => linesOf(view, snapshot, size),
          line: (width) =>
            `${new Date(snapshot.nowMs).toISOString().slice(0, 19)}Z  ${renderLine(snapshot, width - 22)}`,
        });
      }
      if (snapshot.isSettled) return exitStatus;
      await wait(intervalMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return EXIT.done;
    }
  } finally {
    screen.end();
  }
}

export function printHistory(view: StatusView, name: string): void {
  const ledger = openLedgerView(view.path);
  try {
    const history = readHistory(ledger.db, name);
    if (view.json) {
      view.out.write(`${JSON.stringify({ type: 'history', schemaVersion: JSON_VERSION, ...history })}\n`);
      return;
    }
    const lines = renderHistory(history, {
      ...styleFor(view.out, view.env, view.color),
      width: widthOf(view),
    });
    for (const line of lines) view.out.write(`${line}\n`);
  } finally {
    ledger.close();
  }
}

function linesOf(
  view: StatusView,
  snapshot: StatusSnapshot,
  { width, maxLines }: { readonly width: number; readonly maxLines: number },
): string[] {
  return renderStatus(snapshot, {
    ...styleFor(view.out, view.env, view.color),
    width: Math.max(40, width),
    height: maxLines,
    all: view.all,
    title: view.path,
  });
}

function printJson({ out, path }: StatusView, snapshot: StatusSnapshot, exitStatus: ExitStatus): void {
  out.write(
    `${JSON.stringify({ type: 'status', schemaVersion: JSON_VERSION, ledger: path, exitStatus, ...snapshot })}\n`,
  );
}

function widthOf({ out, env }: StatusView): number {
  const asked = Number(env['COLUMNS']);
  const cells = out.isTTY === true ? out.columns : Number.isInteger(asked) ? asked : undefined;
  return Math.max(40, cells === undefined || cells < 1 ? PLAIN_CELLS : cells);
}
