import { type LimitSettings, type Weight, bulkConnections } from './limit-gate.js';

/** One user of the limits, a thread of a process, and what it holds. */
export interface Member extends LimitSettings {
  readonly host: string;
  readonly pid: number;
  /** When its process began, in ms of its host's monotonic clock: numbers of processes come again. */
  readonly startedMs: number;
  /** Changes as long as it is at work. */
  readonly beat: number;
  /** Connections that it has. */
  readonly bulk: number;
  readonly small: number;
}

/** Somebody in line for a connection. */
export interface Ticket {
  readonly id: string;
  readonly member: string;
  readonly weight: Weight;
}

/** What is shared. Pure data, changed by the functions below alone. */
export interface LimitState {
  readonly members: Readonly<Record<string, Member>>;
  /** In the order in which they came. */
  readonly waiting: readonly Ticket[];
  /**
   * By host, as clocks of several have nothing in common: up to when the bytes handed out use up its share of the
   * rate, in ms of the monotonic clock, which all processes of a host share and nobody can set.
   */
  readonly paidUntilMs: Readonly<Record<string, number>>;
}

export const NO_LIMIT_STATE: LimitState = { members: {}, waiting: [], paidUntilMs: {} };

/** A pause in the stream may be made up for, up to this much. */
const BURST_MS = 100;
/** Nobody has that much to wait for: it is from before a restart of the machine. */
const MAX_AHEAD_MS = 600_000;

export function parseLimitState(value: unknown): LimitState | null {
  const state = value as Partial<LimitState> | null | undefined;
  return state?.members && Array.isArray(state.waiting) && state.paidUntilMs ? (state as LimitState) : null;
}

/** Without those members, what they held and their tickets. */
export function withoutMembers(
  state: LimitState,
  isGone: (id: string, member: Member) => boolean,
): LimitState {
  const members = Object.fromEntries(Object.entries(state.members).filter(([id, it]) => !isGone(id, it)));
  const hosts = new Set(Object.values(members).map(({ host }) => host));
  return {
    members,
    waiting: state.waiting.filter(({ member }) => member in members),
    // Where nobody is at work there is nothing to wait for.
    paidUntilMs: Object.fromEntries(Object.entries(state.paidUntilMs).filter(([host]) => hosts.has(host))),
  };
}

export function withMember(state: LimitState, id: string, member: Member): LimitState {
  return { ...state, members: { ...state.members, [id]: member } };
}

export function withTicket(state: LimitState, ticket: Ticket): LimitState {
  return state.waiting.some(({ id }) => id === ticket.id)
    ? state
    : { ...state, waiting: [...state.waiting, ticket] };
}

export function withoutTicket(state: LimitState, ticket: string): LimitState {
  return { ...state, waiting: state.waiting.filter(({ id }) => id !== ticket) };
}

/**
 * The limits that hold for a member of `host`: the strictest of all members at work. The rate is divided evenly by
 * the number of hosts.
 */
export function strictest({ members }: LimitState, host: string): LimitSettings {
  const all = Object.values(members);
  const rates = all.map(({ bytesPerSecond }) => bytesPerSecond).filter((rate) => rate !== null);
  const hosts = new Set([host, ...all.map((member) => member.host)]);
  return {
    connections: Math.min(...all.map(({ connections }) => connections)),
    bytesPerSecond: rates.length === 0 ? null : Math.min(...rates) / hosts.size,
  };
}

/** Whose turn it is: tickets in their order, as far as there are free connections for their weight. */
export function granted(state: LimitState, host: string): Set<string> {
  const { connections } = strictest(state, host);
  const all = Object.values(state.members);
  const bulk = all.reduce((sum, member) => sum + member.bulk, 0);
  let free = connections - all.reduce((sum, member) => sum + member.small, bulk);
  let freeBulk = bulkConnections(connections) - bulk;
  const turns = new Set<string>();
  for (const { id, weight } of state.waiting) {
    if (free <= 0) break;
    if (weight === 'bulk' && freeBulk-- <= 0) continue;
    free--;
    turns.add(id);
  }
  return turns;
}

/** Turns a ticket into a connection of its member. */
export function withConnection(state: LimitState, { id, member, weight }: Ticket): LimitState {
  const owner = state.members[member]!;
  return withMember(withoutTicket(state, id), member, { ...owner, [weight]: owner[weight] + 1 });
}

/**
 * Hands out bytes to a host.
 * @returns from when on they may be used, in ms of the host's monotonic clock
 */
export function reserve(
  state: LimitState,
  host: string,
  bytes: number,
  nowMs: number,
): { readonly state: LimitState; readonly fromMs: number } {
  const rate = strictest(state, host).bytesPerSecond;
  if (rate === null) return { state, fromMs: nowMs };
  const paid = state.paidUntilMs[host] ?? 0;
  const fromMs = paid > nowMs + MAX_AHEAD_MS ? nowMs : Math.max(paid, nowMs - BURST_MS);
  const paidUntilMs = { ...state.paidUntilMs, [host]: fromMs + (1000 * bytes) / rate };
  return { state: { ...state, paidUntilMs }, fromMs };
}
