/**
 * Tables of `Float64Array` columns as Parquet bytes, both ways. Knows neither minute bars nor factors, and
 * touches no disk.
 */
export {
  ParquetEncoder,
  encodeParquet,
  type CellType,
  type KeyValues,
  type ParquetColumn,
  type ParquetField,
} from './encode.js';
export {
  TRAILER_BYTES,
  concatColumns,
  decodeChunks,
  decodeColumns,
  decodeFooter,
  decodeRequiredColumns,
  decodeRowGroup,
  decodeSomeColumns,
  fieldsOf,
  footerBytes,
  rowGroupSpan,
  type ExpectedColumn,
  type Footer,
  type RowGroup,
} from './decode.js';
export { unpackDelta } from './delta.js';
export { ParquetSplicer } from './splice.js';
