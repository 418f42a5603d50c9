/**
 * Pictures: a scene of paths and texts, drawn once and rendered as SVG, PNG or a page; panels over time of what
 * `series/` reads. Charts of other rooms are drawn here too.
 */
export { type Plot, type PlotFormat, type PlotRequest, PLOT_FORMATS, plot } from './plot.js';
export { type PanelChoice, chooseFrequency, parsePanels } from './choose.js';
export { PANEL_NAMES, type PanelName } from './panel-kinds.js';
export { type ThemeName, themeStyle } from './theme.js';
export { type Chart, type Panel, drawChart } from './chart.js';
export type { Mark } from './marks.js';
export type { XAxis } from './x-axis.js';
export { sceneToInlineSvg } from './svg.js';
export { numberText } from './numbers.js';
