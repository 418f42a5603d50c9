import { aggregateAggTrades } from '../ticks/index.js';
import { type Finding, messageOf, ok, trouble } from './check.js';

/** Two minutes: a taker buys, another sells; then one row twice, which counts once. */
const SAMPLE = `agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker
101,42000.10,0.250,500,502,1704412800123,false
102,42000.30,1.500,503,503,1704412805000,true
103,41999.90,0.125,504,509,1704412861000,false
103,41999.90,0.125,504,509,1704412861000,false
`;
const EXPECTED = {
  minute: [1704412800000, 1704412860000],
  trade_count: [2, 1],
  fill_count: [4, 6],
  taker_buy_quote: [10500.025, 5249.9875],
  taker_sell_quote: [63000.45, 0],
  price_last: [42000.3, 41999.9],
} as const;
const DUPLICATES = 1;

/** Loads the kernel and mills a few ticks of which the sums are known. */
export async function checkKernel(csv = SAMPLE): Promise<Finding> {
  const title = 'Tick kernel';
  const remedy =
    'Install tapemill again: its files are damaged, or of another version (dist/tick-kernel.wasm).';
  try {
    const { bars, account } = await aggregateAggTrades(Buffer.from(csv), {
      market: 'um',
      symbol: 'SAMPLE',
      period: '2024-01-05',
    });
    const wrong = (Object.keys(EXPECTED) as (keyof typeof EXPECTED)[]).filter(
      (name) => EXPECTED[name].join() !== [...bars.columns[name]].join(),
    );
    if (wrong.length === 0 && account.duplicate === DUPLICATES) {
      return ok('kernel', title, `mills ${account.rows} sample rows to the known sums`);
    }
    const first = wrong[0];
    const detail = first
      ? `${first} is ${[...bars.columns[first]].join(', ')}, expected ${EXPECTED[first].join(', ')}`
      : `${account.duplicate} duplicates, expected ${DUPLICATES}`;
    return trouble('fail', 'kernel', title, `mills a sample wrongly: ${detail}`, remedy);
  } catch (error) {
    return trouble('fail', 'kernel', title, `cannot be used: ${messageOf(error)}`, remedy);
  }
}
