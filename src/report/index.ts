/** What people look at: an audit as text and as a page, a number explained, the columns of a wide table. Draws; finds nothing out. */
export { type AuditTextOptions, auditText, verdict } from './audit-text.js';
export { auditHtml } from './audit-html.js';
export { datasetHtml } from './dataset-html.js';
export { explainText } from './explain-text.js';
export { countText, errorText, minuteText, plural, shareText, spanText } from './numbers.js';
export { type HtmlColumn, escapeXml, htmlTable, page } from './page.js';
export { type DayCell, barChart, calendar, dayLine } from './svg.js';
export { textTable } from './table.js';
