import { hostname } from 'node:os';
import { isAlive } from '../alive.js';
import { type LimitState, type Member, withoutMembers } from './limit-state.js';

/** A member that shows no sign of life for this long is gone: killed on another machine, or a thread that ended. */
const STALE_MS = 30_000;

export const HOST = hostname();
/** Monotonic, and the same for all processes of this machine. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
export const STARTED_MS = nowMs() - 1000 * process.uptime();

/** Tells who of the members is still there, by what one of them sees of the others. No clock is compared with another. */
export class LivingMembers {
  /** The last sign of life of others, and since when there was no other. */
  readonly #seen = new Map<string, { readonly beat: number; readonly sinceMs: number }>();

  /** @param own id of the member that looks */
  constructor(private readonly own: string) {}

  /** To be told of every state that is seen. */
  observe({ members }: LimitState): void {
    for (const id of this.#seen.keys()) if (!(id in members)) this.#seen.delete(id);
    for (const [id, { beat }] of Object.entries(members)) {
      if (this.#seen.get(id)?.beat !== beat) this.#seen.set(id, { beat, sinceMs: nowMs() });
    }
  }

  /** The state without those that are gone. */
  of(state: LimitState): LimitState {
    return withoutMembers(state, (id, member) => id !== this.own && this.#isGone(id, member));
  }

  #isGone(id: string, { host, pid, startedMs, beat }: Member): boolean {
    const seen = this.#seen.get(id);
    if (seen?.beat === beat && nowMs() - seen.sinceMs > STALE_MS) return true;
    if (host !== HOST) return false;
    // Our own number may have been that of an earlier process: in a container it is always the same few.
    return pid === process.pid ? Math.abs(startedMs - STARTED_MS) > 1000 : !isAlive(pid);
  }
}
