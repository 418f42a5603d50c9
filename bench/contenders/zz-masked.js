// @ts-check
import pl from 'nodejs-polars';
import { COLUMNS } from '../lib/columns.js';

const { col } = pl;
const [price, quantity, quote, time] = ['price', 'quantity', 'quote', 'transact_time'].map((name) =>
  col(name),
);
const sell = col('is_buyer_maker');
const buy = sell.not();
const nth = col('nth');
/** A bare number would make doubles of integers. */
const int = (/** @type {number} */ n) => pl.lit(n).cast(pl.Int64);

/** @param {any} job */
export async function load({ csv }) {
  return { work: async () => query(csv).collectSync({ engine: 'streaming' }), finish };
}

/**
 * Threads: POLARS_MAX_THREADS, set by whoever starts this process.
 * `nth` orders the ticks of a minute by (time, agg_trade_id): 16 bits of time above 46 of the id.
 * @param {string} csv
 */
function query(csv) {
  const schema = {
    ...{ agg_trade_id: pl.Int64, price: pl.Float64, quantity: pl.Float64, first_trade_id: pl.Int64 },
    ...{ last_trade_id: pl.Int64, transact_time: pl.Int64, is_buyer_maker: pl.Bool },
  };
  return pl
    .scanCSV(csv, { schema, rechunk: false })
    .withColumns(
      time.minus(time.modulo(int(60_000))).alias('minute'),
      price.mul(quantity).alias('quote'),
      time
        .modulo(int(60_000))
        .mul(int(2 ** 46))
        .plus(col('agg_trade_id'))
        .alias('nth'),
    )
    .groupBy('minute')
    .agg(...aggregates.map((expression, i) => expression.alias(COLUMNS[i + 1])))
    .sort('minute');
}

/** The columns of a minute after `minute`, in their order. */
const aggregates = [
  ...[price.count(), quantity.sum(), quote.sum()],
  ...[
    pl.when(buy).then(quantity).otherwise(pl.lit(0.0)).sum(),
    pl.when(sell).then(quantity).otherwise(pl.lit(0.0)).sum(),
  ],
  ...[
    pl.when(buy).then(quote).otherwise(pl.lit(0.0)).sum(),
    pl.when(sell).then(quote).otherwise(pl.lit(0.0)).sum(),
  ],
  ...[
    pl.when(buy).then(quote.mul(quote)).otherwise(pl.lit(0.0)).sum(),
    pl.when(sell).then(quote.mul(quote)).otherwise(pl.lit(0.0)).sum(),
  ],
  ...[buy.sum(), sell.sum()],
  ...[
    pl
      .when(buy.and(quote.gtEq(50_000)))
      .then(quote)
      .otherwise(pl.lit(0.0))
      .sum(),
    pl
      .when(sell.and(quote.gtEq(50_000)))
      .then(quote)
      .otherwise(pl.lit(0.0))
      .sum(),
  ],
  ...[
    pl
      .when(buy.and(quote.ltEq(1_000)))
      .then(quote)
      .otherwise(pl.lit(0.0))
      .sum(),
    pl
      .when(sell.and(quote.ltEq(1_000)))
      .then(quote)
      .otherwise(pl.lit(0.0))
      .sum(),
  ],
  ...[time.min().mul(1000), price.gather(nth.argMin()), time.max().mul(1000), price.gather(nth.argMax())],
  ...[price.max(), price.min()],
];

/** @param {pl.DataFrame} frame */
async function finish(frame) {
  return { table: COLUMNS.map((name) => Float64Array.from(frame.getColumn(name).toArray(), Number)) };
}
