// From the bytes of a CSV to order-flow factors, in memory. Run it in a clone after `npm ci`: node examples/library.js
import { aggregateAggTrades, orderFlowFactors, parseFrequency, rollUp } from 'tapemill';

const csv = `agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker
1,100.5,2,1,1,1704067200000,false
2,100.4,700,2,4,1704067215000,true
3,100.6,5,5,5,1704070800000,false
`;

const { bars, account } = await aggregateAggTrades(new TextEncoder().encode(csv), {
  market: 'um',
  symbol: 'EXAMPLEUSDT',
  period: '2024-01',
});
console.log(`${account.accepted} of ${account.rows} rows, ${bars.length} minutes`);

const hours = orderFlowFactors(rollUp(bars, parseFrequency('1h')));
for (let i = 0; i < hours.length; i++) {
  console.log(new Date(hours.minute[i]).toISOString(), hours.columns.cvd_quote[i], hours.columns.vwap[i]);
}
