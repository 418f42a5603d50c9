/** A page of its own: no scripts, nothing from elsewhere, readable in light, dark, on paper and 360 px wide. */

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6678; --line: #d0d7e2; --paper: #fff; --card: #f6f8fb;
  --good: #1a7f5a; --warn: #b26a00; --bad: #c62828; --none: #e9edf3; --c1: #3b6fb6; --c2: #c9503c; --c3: #8a8f99;
  --c4: #7b4fb5; --c5: #b26a00; --c6: #2a8f8f; --c7: #c62828; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #a3adbd; --line: #3a4352; --paper: #14181f;
  --card: #1c222c; --good: #4fc796; --warn: #f0ad4e; --bad: #ff7a70; --none: #2a313d; --c1: #6fa3e8; --c2: #f08a76;
  --c3: #98a2b3; --c4: #b596e8; --c5: #f0ad4e; --c6: #56c7b8; --c7: #ff7a70; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem;
  margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.45rem; margin: .5rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; border-top: 1px solid var(--line);
  padding-top: 1rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
p, li, .note { color: var(--soft); } .good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .6rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; }
.card b { display: block; font-size: 1.3rem; font-variant-numeric: tabular-nums; } .card span { color: var(--soft); font-size: .85rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); white-space: nowrap; }
td, th { padding: .25rem .7rem .25rem 0; vertical-align: top; overflow-wrap: normal; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.key { overflow-wrap: anywhere; min-width: 11rem; } td.text { min-width: 14rem; } tr + tr td { border-top: 1px solid var(--line); }
svg { display: block; width: 100%; height: auto; margin: .5rem 0; } svg text { fill: var(--soft); font: 9px system-ui, sans-serif; }
.figure { max-width: 30rem; } details > summary { cursor: pointer; color: var(--soft); margin: .4rem 0; }
@media print { body { max-width: none; font-size: 11px; padding: 0; } h2 { break-after: avoid; } .card, tr, svg { break-inside: avoid; }
  .wide { overflow: visible; } }`;

/**
 * @param body HTML; whatever is not ours in it must have gone through `escapeXml`
 * @param style rules that only this page needs
 */
export function page(title: string, body: string, style = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escapeXml(title)}</title><style>${STYLE}${style}</style></head>
<body>
${body}
</body></html>
`;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A cell of a table: a number stands right; what is a key may break anywhere. */
export interface HtmlColumn {
  readonly heading: string;
  readonly kind?: 'number' | 'key' | 'text';
}

/** A table that scrolls sideways where it is wider than the screen. Cells are escaped here. */
export function htmlTable(columns: readonly HtmlColumn[], rows: readonly (readonly string[])[]): string {
  const attribute = ({ kind }: HtmlColumn): string =>
    kind === undefined ? '' : ` class="${kind === 'number' ? 'n' : kind}"`;
  const head = columns.map((column) => `<th${attribute(column)}>${escapeXml(column.heading)}</th>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${columns.map((column, i) => `<td${attribute(column)}>${escapeXml(row[i] ?? '')}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
