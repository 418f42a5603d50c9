import { createCanvas, loadImage } from '@napi-rs/canvas';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { drawChart } from '../../src/plot/chart.js';
import { parsePanels } from '../../src/plot/choose.js';
import { MOST_READINGS, hoverData } from '../../src/plot/hover.js';
import { plotHtml } from '../../src/plot/html.js';
import { sceneToPng } from '../../src/plot/png.js';
import { sceneToSvg } from '../../src/plot/svg.js';
import { THEMES } from '../../src/plot/theme.js';
import { timePanels } from '../../src/plot/time-plot.js';
import { listSeriesColumns } from '../../src/series/index.js';
import { START, sampleChart, sampleScene, sampleSeries, textBoxes } from './sample.js';

const HOSTILE = `</script><script>alert(1)</script> & "quoted" 'too' <b>`;

describe('SVG', () => {
  it('is well-formed, says all texts of the scene, and escapes them', () => {
    const scene = sampleScene(168, { title: HOSTILE });
    const svg = sceneToSvg(scene, 'light');
    expect(svg).not.toContain('<script');
    const parsed = new XMLParser({
      ignoreAttributes: false,
      parseTagValue: false,
      processEntities: true,
      htmlEntities: true,
    }).parse(svg) as {
      svg: { '@_viewBox': string; '@_width': string; text: { '#text': string }[]; path: unknown[] };
    };
    expect(parsed.svg['@_viewBox']).toBe('0 0 1200 900');
    const texts = parsed.svg.text.map((node) => node['#text']);
    expect(texts).toHaveLength(textBoxes(scene).length);
    expect(texts[0]).toBe(HOSTILE);
    expect(texts).toEqual(
      expect.arrayContaining(['Price', 'CVD', 'whale', 'Volume', 'Liquidations', '1 Jan', '12:00']),
    );
    expect(parsed.svg.path.length).toBeGreaterThan(20);
  });

  it('has the colours of its theme, refers to nothing outside, and is the same every time', () => {
    const [light, dark] = (['light', 'dark'] as const).map((theme) => sceneToSvg(sampleScene(), theme));
    expect(light).toContain(THEMES.light.up);
    expect(dark).toContain(THEMES.dark.paper);
    expect(dark).not.toContain(THEMES.light.up);
    expect(light!.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(sceneToSvg(sampleScene(), 'light')).toBe(light);
  });
});

type Counter = (x: number, y: number, width: number, height: number) => number;

/** Counts the pixels of a region that differ from the paper of the light theme. */
async function inkOf(png: Buffer): Promise<Counter> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return (x, y, width, height) => {
    const { data } = context.getImageData(x, y, width, height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i]! + data[i + 1]! + data[i + 2]! < 600) count++;
    return count;
  };
}

describe('PNG', () => {
  it('has the size that was asked for, and is the same every time', () => {
    const png = sceneToPng(sampleScene(168, { width: 640 }), 'light', 2);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1280, 1800]);
    expect(sceneToPng(sampleScene(168, { width: 640 }), 'light', 2).equals(png)).toBe(true);
  });

  it('has the texts where the scene has them', async () => {
    const scene = sampleScene();
    const png = sceneToPng(scene, 'light', 1);
    const inked = await inkOf(png);
    for (const { text, left, right, top, bottom } of textBoxes(scene)) {
      const [wide, high] = [Math.ceil(right - left), Math.ceil(bottom - top)];
      expect(inked(Math.floor(left), Math.floor(top), wide, high), text).toBeGreaterThan(3);
    }
    const blank = sceneToPng(
      { ...scene, nodes: scene.nodes.filter(({ kind }) => kind === 'path') },
      'light',
      1,
    );
    expect((await inkOf(blank))(0, 0, 300, 40)).toBe(0);
  });

  it('tells letters apart: it is lettered by a font, not by boxes', () => {
    const pictures = ['WIDE', 'iill', 'OOOO'].map((title) =>
      sceneToPng(sampleScene(5, { title }), 'light', 1).toString('base64'),
    );
    expect(new Set(pictures).size).toBe(3);
  });
});

function page(
  bars: number,
  title = 'BTCUSDT',
  missing: Readonly<Record<string, string>> = {},
  chosen?: string,
  panelTitle?: string,
): string {
  const series = sampleSeries(bars, 60_000, [2, 4], missing);
  const span = { startMs: START, endMs: START + bars * 60_000 };
  const { panels, absent } = timePanels(series, span, parsePanels(chosen), listSeriesColumns());
  const wide = drawChart(sampleChart(series, {}, chosen));
  const narrow = drawChart(sampleChart(series, { width: 400 }, chosen));
  const hover = hoverData(panels, series.minute, 60_000, span, [wide, narrow]);
  return plotHtml({
    title,
    subtitle: HOSTILE,
    panels,
    described: listSeriesColumns(),
    absent,
    wide,
    narrow,
    hover: {
      ...hover,
      panels: hover.panels.map((panel) => ({ ...panel, title: panelTitle ?? panel.title })),
    },
  });
}

const dataOf = (
  html: string,
): { minute: number[]; panels: { title: string; series: { values: (number | null)[] }[] }[] } =>
  JSON.parse(/id="plot-data">(.*?)<\/script>/s.exec(html)![1]!) as ReturnType<typeof dataOf>;

describe('page', () => {
  it('stands alone and lets no title out of its place', () => {
    const html = page(50, HOSTILE, { funding_rate: HOSTILE }, 'price,funding,+vwap');
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/alert\(1\)<\/script>|src=|@import|https?:/);
    expect(html).toContain('quote_volume / base_volume');
    expect(html).toContain('Not drawn');
  });

  it('keeps what looks like the end of its data in the data', () => {
    const html = page(5, 'A', {}, 'price', HOSTILE);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(dataOf(html).panels[0]!.title).toBe(HOSTILE);
  });

  it('has the values of every bar, null where there is none', () => {
    const { minute, panels } = dataOf(page(50));
    expect(minute).toHaveLength(50);
    const series = sampleSeries(50, 60_000, [2, 4]);
    const closes = panels.find(({ title }) => title === 'Price')!.series[3]!.values;
    expect(closes.slice(2, 4)).toEqual([null, null]);
    expect(closes[7]).toBeCloseTo(series.columns['close']![7]!, 2);
    const cvd = panels.find(({ title }) => title === 'CVD')!.series[0]!.values;
    const sum = series.columns['cvd_quote']!.slice(0, 6).reduce(
      (all, value) => all + (Number.isNaN(value) ? 0 : value),
      0,
    );
    expect(cvd[5]! / sum).toBeCloseTo(1, 5);
  });

  it('is bounded: of many bars every n-th can be read', () => {
    const { minute } = dataOf(page(MOST_READINGS * 2 + 1));
    expect(minute.length).toBeLessThanOrEqual(MOST_READINGS);
    expect(minute[1]! - minute[0]!).toBe(3 * 60_000);
  });
});
