/** SQL over the layer and the factors, through DuckDB. */
export { type Cell, type QueryResult, queryLayer } from './database.js';
export { type View, findViews } from './views.js';
