import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalArchive } from '../../src/archive/index.js';
import { audit } from '../../src/audit/index.js';
import { collect } from '../../src/collect/index.js';
import { simulateArchive } from '../../src/simulator/index.js';
import { DEFAULT_THRESHOLDS } from '../../src/ticks/index.js';
import { type DateRange, parseRange } from '../../src/time/index.js';
import { temporaryFolder } from '../cli/run.js';
import { serving } from '../serve/serving.js';
import { CHROMIUM, launch, openPage, overflowsSideways, screenshot, seriousViolations } from './browser.js';

const shared = fileURLToPath(new URL('../../../shared/archive', import.meta.url));

/** Collected and audited, as a user has it. */
async function prepare(archive: string, symbols: readonly string[], range: DateRange): Promise<string> {
  const dataDir = join(temporaryFolder(), 'data');
  await collect({
    ...{ archive, dataDir, symbols, range, market: 'um', thresholds: DEFAULT_THRESHOLDS },
    ...{ dataTypes: ['aggTrades', 'metrics'], workers: 0, keepZip: false, prefer: null },
  });
  await audit({ dataDir, market: 'um', symbols, range, archive: new LocalArchive(archive) });
  return dataDir;
}

async function simulated(): Promise<string> {
  const outDir = join(temporaryFolder(), 'sim');
  const symbols = ['SIMAUSDT', 'SIMBUSDT'];
  const range = parseRange('2024-01-03', '2024-01-09');
  await simulateArchive({
    ...{ outDir, symbols, range, ticksPerMonth: 60_000, seed: 5 },
    sources: ['aggTrades', 'klines', 'metrics', 'fundingRate'],
  });
  return prepare(outDir, symbols, range);
}

const worlds = [
  { name: 'simulated', symbol: 'SIMAUSDT', month: '2024-01', isThere: true, prepare: simulated },
  {
    name: 'real',
    symbol: 'BSVUSDT',
    month: '2026-04',
    isThere: existsSync(shared),
    prepare: () => prepare(shared, ['BSVUSDT', 'RLCUSDT'], parseRange('2026-04-13', '2026-04-19')),
  },
];

describe.skipIf(CHROMIUM === undefined)('the dashboard in a browser (skipped without Chromium)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  describe.each(worlds)('$name data', ({ name, symbol, month, isThere, prepare: make }) => {
    let url: string;
    beforeAll(async () => {
      if (isThere) ({ url } = await serving(await make()));
    });

    const at = (view: string): string => new URL(`/#/${view}`, url).href;

    it.skipIf(!isThere)(
      'every view shows what there is, on screens of all sizes, and complains of nothing',
      async () => {
        for (const look of [
          { width: 1440, scheme: 'light' },
          { width: 768, scheme: 'dark' },
          { width: 360, scheme: 'dark' },
        ] as const) {
          const { page, complaints } = await openPage(browser, look);
          for (const [view, shown] of [
            ['work', 'work-summary'],
            ['coverage', 'coverage-legend'],
            [`explore?market=um&symbol=${symbol}`, 'panel-candles'],
            ['quality', 'quality-totals'],
          ] as const) {
            await page.goto(at(view));
            await page.getByTestId(shown).waitFor();
            await expect.poll(() => page.getByTestId('loading').count()).toBe(0);
            const what = `${name}-${view.split('?')[0]}-${look.width}-${look.scheme}`;
            expect(await seriousViolations(page), what).toEqual([]);
            expect(await overflowsSideways(page), what).toBe(false);
            expect(await page.getByTestId('error').count(), what).toBe(0);
            await screenshot(page, what);
          }
          expect(complaints).toEqual([]);
          await page.context().close();
        }
      },
    );

    it.skipIf(!isThere)('a month opens its facts, and gives the focus back', async () => {
      const { page, complaints } = await openPage(browser);
      await page.goto(at('coverage'));
      const cell = page.getByTestId(`heat-cell-${symbol}-aggTrades-${month}`);
      await cell.click();
      await page.getByTestId('month-objects').waitFor();
      expect(await page.getByTestId('month-objects').innerText()).toMatch(/[0-9a-f]{64}/);
      await screenshot(page, `${name}-month-facts`);
      await page.keyboard.press('Escape');
      await page.getByTestId('month-objects').waitFor({ state: 'hidden' });
      await page.keyboard.press('Enter');
      await page.getByTestId('month-objects').waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it.skipIf(!isThere)('a chart is moved by keys and wheel, takes any column, and is a link', async () => {
      const { page, complaints } = await openPage(browser);
      await page.goto(at(`explore?market=um&symbol=${symbol}&freq=1h`));
      await page.getByTestId('panel-candles').locator('canvas').first().waitFor();
      const before = page.url();
      await page.getByTestId('panel-candles').locator('.u-over').hover();
      await page.mouse.wheel(0, -400);
      await expect.poll(() => page.url()).not.toBe(before);
      await page.getByTestId('add-panel').fill('taker_buy_hhi');
      await page.getByTestId('option-taker_buy_hhi_quote').click();
      await page.getByTestId('panel-taker_buy_hhi_quote').waitFor();
      expect(await page.getByTestId('panel-taker_buy_hhi_quote').innerText()).toContain('taker_buy_quote');
      expect(page.url()).toContain('taker_buy_hhi_quote');

      const copy = await openPage(browser);
      await copy.page.goto(page.url());
      await copy.page.getByTestId('panel-taker_buy_hhi_quote').waitFor();
      const download = copy.page.waitForEvent('download');
      await copy.page.getByTestId('save-image').click();
      expect((await download).suggestedFilename()).toMatch(/\.png$/);
      await screenshot(page, `${name}-explore-added`);
      expect([...complaints, ...copy.complaints]).toEqual([]);
      await page.context().close();
      await copy.page.context().close();
    });
  });

  it('an empty folder says how to begin, in every view', async () => {
    const { url } = await serving(join(temporaryFolder(), 'nothing'));
    const { page } = await openPage(browser);
    for (const view of ['work', 'coverage', 'explore', 'quality']) {
      await page.goto(new URL(`/#/${view}`, url).href);
      await page.getByTestId('empty').first().waitFor();
      expect(await page.getByTestId('command').first().innerText(), view).toContain('tapemill');
      await screenshot(page, `empty-${view}`);
      expect(await seriousViolations(page), view).toEqual([]);
    }
    await page.context().close();
  });
});
