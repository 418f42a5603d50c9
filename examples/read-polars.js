/** Reading what tapemill writes, in polars from Node. `node examples/read-polars.js data SIMAUSDT` */
import pl from 'nodejs-polars';

const [data = 'data', symbol = 'SIMAUSDT'] = process.argv.slice(2);
const hours = pl.readParquet(`${data}/binance_aggTrades/${symbol}_aggTrades.parquet`);
const flows = hours.select('cvd_quote', 'whale_cvd_quote', 'retail_cvd_quote');
console.log(`${symbol}: ${hours.height} bars`);
console.log(flows.sum().toString());
