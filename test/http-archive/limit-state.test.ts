import { describe, expect, it } from 'vitest';
import {
  type LimitState,
  type Member,
  NO_LIMIT_STATE,
  type Ticket,
  granted,
  parseLimitState,
  reserve,
  strictest,
  withConnection,
  withMember,
  withTicket,
  withoutMembers,
} from '../../src/download/limit-state.js';

const member = (facts: Partial<Member> = {}): Member => ({
  host: 'here',
  pid: 1,
  startedMs: 0,
  beat: 0,
  connections: 4,
  bytesPerSecond: null,
  bulk: 0,
  small: 0,
  ...facts,
});
const stateOf = (members: Record<string, Member>, waiting: readonly Ticket[] = []): LimitState => ({
  ...NO_LIMIT_STATE,
  members,
  waiting,
});
const ticket = (id: string, weight: Ticket['weight'] = 'bulk', owner = 'a'): Ticket => ({
  id,
  member: owner,
  weight,
});

describe('whose turn it is', () => {
  it('first come, first served, one connection being kept for small requests', () => {
    const waiting = [ticket('1'), ticket('2'), ticket('3'), ticket('4', 'small'), ticket('5', 'small')];
    const turns = (held: Partial<Member>): string[] => [
      ...granted(stateOf({ a: member(held) }, waiting), 'here'),
    ];
    expect(turns({})).toEqual(['1', '2', '3', '4']);
    expect(turns({ bulk: 1 })).toEqual(['1', '2', '4']);
    expect(turns({ bulk: 3 })).toEqual(['4']);
    expect(turns({ small: 3 })).toEqual(['1']);
    expect(turns({ bulk: 2, small: 2 })).toEqual([]);
    // Stricter than what is held already.
    expect(turns({ bulk: 3, connections: 2 })).toEqual([]);
  });

  it('of several members together, by the strictest settings', () => {
    const state = stateOf({ a: member({ bulk: 1 }), b: member({ connections: 3, bulk: 1 }) }, [
      ticket('1'),
      ticket('2', 'small'),
    ]);
    expect([...granted(state, 'here')]).toEqual(['2']);
    const taken = withConnection(state, ticket('2', 'small', 'b'));
    expect([taken.members['b']?.small, taken.waiting.map(({ id }) => id)]).toEqual([1, ['1']]);
    expect(withTicket(taken, ticket('1'))).toBe(taken);
  });

  it('ends with the member', () => {
    const state = stateOf({ a: member({ bulk: 3 }), b: member() }, [ticket('1'), ticket('2', 'bulk', 'b')]);
    const left = withoutMembers(state, (id) => id === 'a');
    expect([...granted(left, 'here')]).toEqual(['2']);
  });
});

describe('bytes a second', () => {
  const rated = (facts: Partial<Member> = {}): LimitState =>
    stateOf({ a: member({ bytesPerSecond: 1000, ...facts }) });

  it('are handed out one after the other, a pause being made up for by a tenth of a second at most', () => {
    const first = reserve(rated(), 'here', 500, 10_000);
    expect(first.fromMs).toBe(9_900);
    const second = reserve(first.state, 'here', 500, 10_000);
    expect(second.fromMs).toBe(10_400);
    expect(reserve(second.state, 'here', 1, 50_000).fromMs).toBe(49_900);
  });

  it('survive a restart of the machine, whose clock begins anew', () => {
    const { state } = reserve(rated(), 'here', 500, 900_000_000);
    expect(reserve(state, 'here', 500, 5000).fromMs).toBe(5000);
  });

  it('are divided by hosts, the strictest rate counting', () => {
    const state = withMember(rated(), 'b', member({ host: 'there', bytesPerSecond: 600 }));
    expect(strictest(state, 'here').bytesPerSecond).toBe(300);
    const one = reserve(state, 'here', 300, 10_000);
    expect(reserve(one.state, 'there', 300, 77).fromMs).toBe(0);
    expect(reserve(one.state, 'here', 300, 10_000).fromMs).toBe(10_900);
    const alone = withoutMembers(one.state, (id) => id === 'a');
    expect([alone.paidUntilMs, strictest(alone, 'there').bytesPerSecond]).toEqual([{}, 600]);
  });

  it('are unlimited unless somebody says so', () => {
    const state = stateOf({ a: member() });
    expect(reserve(state, 'here', 1e12, 5)).toEqual({ state, fromMs: 5 });
  });
});

it('a state of another kind is none', () => {
  expect([null, 1, {}, { members: {} }].map(parseLimitState)).toEqual([null, null, null, null]);
  expect(parseLimitState(NO_LIMIT_STATE)).toBe(NO_LIMIT_STATE);
});
