import { type HtmlColumn, escapeXml, htmlTable, page } from '../report/index.js';
import type { SeriesColumn } from '../series/index.js';
import type { DrawnChart } from './chart.js';
import { HOVER_SCRIPT, type HoverData } from './hover.js';
import { sceneToInlineSvg } from './svg.js';
import { themeStyle } from './theme.js';
import type { TimePanel } from './time-plot.js';

/** Narrower screens get the drawing that was made for them, px. */
const NARROW_SCREEN = 720;

const STYLE = `${themeStyle()}
body{max-width:84rem}.plot{outline-offset:2px;touch-action:pan-y}
#plot-values{display:flex;flex-wrap:wrap;gap:.1rem .9rem;min-height:3.2em;align-content:flex-start;font-size:.85rem;color:var(--soft)}
#plot-values b{color:var(--ink);font-variant-numeric:tabular-nums;font-weight:600}
.cursor{visibility:hidden;stroke:var(--plot-soft);stroke-width:1;stroke-dasharray:3 3;pointer-events:none}
.plot.phone{display:none}@media(max-width:${NARROW_SCREEN}px){.plot.phone{display:block}.plot.screen{display:none}}`;

const COLUMNS: readonly HtmlColumn[] = [
  { heading: 'panel' },
  { heading: 'drawn', kind: 'key' },
  { heading: 'unit' },
  { heading: 'formula', kind: 'text' },
  { heading: 'null when', kind: 'text' },
];

export interface PlotPage {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly TimePanel[];
  /** Everything that can be a column. */
  readonly described: readonly SeriesColumn[];
  readonly absent: readonly { readonly name: string; readonly why: string }[];
  readonly wide: DrawnChart;
  readonly narrow: DrawnChart;
  readonly hover: HoverData;
}

/** A page of its own: the drawing for wide and for narrow screens, values at the pointer, and what is drawn. */
export function plotHtml(plot: PlotPage): string {
  const { title, subtitle, panels, described, absent, wide, narrow, hover } = plot;
  const rows = panels.flatMap(({ kind }) =>
    kind.columns.map((name, i) => {
      const column = described.find((candidate) => candidate.name === name);
      const whenNull = column === undefined ? '' : (column.whenNull ?? 'never');
      return [
        i === 0 ? kind.title : '',
        kind.drawn(name),
        column?.unit ?? '',
        column?.formula ?? 'a factor of your own',
        whenNull,
      ];
    }),
  );
  // The end of a script element must not occur in it, whatever a name contains.
  const json = JSON.stringify(hover).replace(/</g, '\\u003c');
  const left = absent.map(({ name, why }) => `<li>${escapeXml(`${name}: ${why}`)}</li>`);
  return page(
    title,
    `<style>${STYLE}</style>
<h1>${escapeXml(title)}</h1>
<p>${escapeXml(subtitle)}</p>
<div id="plot-values"></div>
${chartSvg(wide, 'screen')}
${chartSvg(narrow, 'phone')}
<p class="note">Point at the drawing, or focus it and use the arrow keys. Breaks in lines are bars without a value.</p>
${left.length === 0 ? '' : `<h2>Not drawn</h2><ul>${left.join('')}</ul>`}
<h2>What is drawn</h2>
${htmlTable(COLUMNS, rows)}
<script type="application/json" id="plot-data">${json}</script>
<script>${HOVER_SCRIPT}</script>`,
  );
}

function chartSvg({ scene, top, bottom }: DrawnChart, name: string): string {
  const svg = sceneToInlineSvg(scene, ` class="plot ${name}" tabindex="0"`);
  const cursor = `<line class="cursor" x1="0" x2="0" y1="${top}" y2="${bottom}"/>`;
  return svg.replace(/<\/svg>$/, `${cursor}</svg>`);
}
