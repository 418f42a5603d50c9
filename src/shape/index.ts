/** Readers of data that nobody vouches for: JSON, and the footers of month files. */
export * from './shape.js';
export { FooterValues, type FooterEntries, readFooter, toKeyValues } from './footer.js';
