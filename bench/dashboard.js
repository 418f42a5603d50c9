// @ts-check
/**
 * How the dashboard feels on a year of 1m bars: how long the server takes for a chart, the first time and again, and how
 * many frames a second the page draws while it is dragged, panned by wheel and zoomed. Before a time is printed, the bars
 * that the server gave are compared with those rolled up here.
 *
 *   node bench/dashboard.js [--data folder --symbol NAME]     needs Chromium; simulates a year when no folder is given
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { listSeriesSymbols, parseSeriesFrequency, readSeries } from '../dist/index.js';
import { describeMachine, machineLine } from './lib/machine.js';

const { values } = parseArgs({ options: { data: { type: 'string' }, symbol: { type: 'string' } } });
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const bin = here('../bin/tapemill.js');
const GESTURE_MS = 4000;

/** @param {readonly string[]} args */
function tapemill(...args) {
  const { status, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tapemill ${args[0]} ended with ${status}: ${stderr.slice(-1000)}`);
}

function yearOfData() {
  const work = here('./work/dashboard');
  const data = join(work, 'data');
  if (!existsSync(data)) {
    const range = ['--start', '2023-01', '--end', '2023-12'];
    tapemill(
      'simulate',
      '--out',
      join(work, 'sim'),
      '--symbols',
      '1',
      ...range,
      '--ticks',
      '300000',
      '--monthly-only',
      '--level',
      '1',
    );
    tapemill(
      'collect',
      'SIMAUSDT',
      '--archive',
      join(work, 'sim'),
      '--data-dir',
      data,
      '--data-type',
      'aggTrades,metrics,fundingRate',
    );
  }
  return data;
}

/** @param {readonly number[]} numbers @param {number} share */
const quantile = (numbers, share) =>
  [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) * share)] ?? NaN;

const dataDir = values.data ?? yearOfData();
const chosen = (await listSeriesSymbols(dataDir)).find(
  ({ symbol }) => values.symbol === undefined || symbol === values.symbol,
);
if (!chosen) throw new Error(`${dataDir} has no symbol ${values.symbol ?? ''}`);
const { market, symbol, startMs, endMs } = chosen;
console.log(machineLine(describeMachine()));

const server = spawn(process.execPath, [bin, 'serve', '--data-dir', dataDir, '--port', '0', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [first] = await once(server.stdout, 'data');
  const { url } = JSON.parse(String(first).split('\n')[0] ?? '');
  const columns = ['open', 'high', 'low', 'close', 'cvd_quote', 'whale_cvd_quote'];

  /** @param {number} fromMs @param {number} toMs @param {string} freq */
  const ask = async (fromMs, toMs, freq) => {
    const query = new URLSearchParams({
      ...{ market, symbol, freq, points: '1600', columns: columns.join() },
      from: String(fromMs / 1000),
      to: String(toMs / 1000),
    });
    const started = performance.now();
    const response = await fetch(new URL(`/api/series?${query}`, url));
    const body = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(body));
    return { ms: performance.now() - started, body };
  };

  const dayMs = 86_400_000;
  const middle = startMs + Math.floor((endMs - startMs) / 2 / dayMs) * dayMs;
  for (const [what, fromMs, toMs, freq] of /** @type {const} */ ([
    ['a day at 1m', middle, middle + dayMs, '1m'],
    ['a week', middle, middle + 7 * dayMs, 'auto'],
    ['the year', startMs, endMs, 'auto'],
  ])) {
    const cold = await ask(fromMs, toMs, freq);
    const again = [];
    for (let i = 0; i < 9; i++) again.push((await ask(fromMs, toMs, freq)).ms);
    const span = { startMs: fromMs, endMs: toMs };
    const frequency = parseSeriesFrequency(cold.body.freq);
    const own = await readSeries({ dataDir, market, symbol, span, frequency, columns });
    for (const [i, t] of cold.body.t.entries()) {
      const row = (t * 1000 - (own.minute[0] ?? 0)) / frequency.lengthMs;
      for (const name of columns) {
        const value = own.columns[name]?.[row] ?? NaN;
        if ((cold.body.columns[name][i] ?? NaN) !== value && !Number.isNaN(value)) {
          throw new Error(`${name} at ${new Date(t * 1000).toISOString()} is not that of the layer`);
        }
      }
    }
    console.log(
      `${what.padEnd(12)} ${String(cold.body.t.length).padStart(5)} bars of ${cold.body.freq.padEnd(3)} ` +
        `first ${cold.ms.toFixed(0).padStart(5)} ms, again ${quantile(again, 0.5).toFixed(1).padStart(5)} ms`,
    );
  }

  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
  if (!executablePath) throw new Error('Chromium is not there');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  const view = new URLSearchParams({ market, symbol, freq: '1m' });
  await page.goto(new URL(`/#/explore?${view}&from=2023-06-01&to=2023-06-02`, url).href);
  const chart = page.getByTestId('panel-candles').locator('.u-over');
  await chart.waitFor();
  await page.waitForTimeout(1500);
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart has no place');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];

  /** @param {string} what @param {(step: number) => Promise<void>} move */
  const measure = async (what, move) => {
    await page.evaluate(`(() => {
      const frames = (globalThis.frames_ = []); let last = performance.now();
      const tick = (now) => { frames.push(now - last); last = now; globalThis.frameId_ = requestAnimationFrame(tick); };
      globalThis.frameId_ = requestAnimationFrame(tick);
    })()`);
    const end = performance.now() + GESTURE_MS;
    for (let step = 0; performance.now() < end; step++) await move(step);
    const frames = /** @type {number[]} */ (
      await page.evaluate('(cancelAnimationFrame(globalThis.frameId_), globalThis.frames_.slice(2))')
    );
    const fps = (1000 * frames.length) / frames.reduce((sum, ms) => sum + ms, 0);
    console.log(
      `${what.padEnd(24)} ${fps.toFixed(0).padStart(3)} frames/s, median ${quantile(frames, 0.5).toFixed(1)} ms, ` +
        `95 % below ${quantile(frames, 0.95).toFixed(1)} ms`,
    );
  };

  await page.mouse.move(x, y);
  await page.mouse.down();
  await measure('drag, 1m bars', (step) => page.mouse.move(x + 300 * Math.sin(step / 12), y));
  await page.mouse.up();
  await measure('wheel pan over months', async () => {
    await page.keyboard.down('Shift');
    await page.mouse.wheel(0, -120);
    await page.keyboard.up('Shift');
  });
  await measure('zoom out to the year', () => page.mouse.wheel(0, 60));
  await browser.close();
} finally {
  server.kill();
}
