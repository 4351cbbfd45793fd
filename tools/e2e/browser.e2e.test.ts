/**
 * Goal    a person who opens the page of a counter sees how many are there, live, and is counted out on leaving.
 * Method  headless Chromium on the page that counter-api serves, through the whole chain.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import {
  CHROMIUM_ARGS,
  LiveClient,
  chromiumPath,
  startSystem,
  until,
  type System,
} from '@headcount/testing';
import { restCount } from './rest-count.js';

describe('the page of a counter', () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    system = await startSystem();
    browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await system.stop();
  });

  /** A window of a browser of its own, so another viewer. */
  const open = async (pageId: string): Promise<{ page: Page; faults: string[] }> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${system.apiUrl()}/${encodeURIComponent(pageId)}/counter`);
    return { page, faults };
  };
  const shown = async (page: Page): Promise<string> =>
    (await page.locator('live-count').textContent()) ?? '';
  const shows = (page: Page, count: number) =>
    until(() => shown(page), {
      what: `the page to show ${count}`,
      accept: (text) => new RegExp(`\\b${count}\\b`).test(text),
      timeoutMs: 10_000,
    });

  it('shows two browsers two, and one again when the other closes its tab', async () => {
    const first = await open('tabs');
    await shows(first.page, 1);
    const second = await open('tabs');
    await shows(first.page, 2);
    await shows(second.page, 2);
    const closedMs = performance.now();
    await second.page.close();
    await shows(first.page, 1);
    process.stdout.write(
      `tab closed to seen by the other: ${Math.round(performance.now() - closedMs)} ms\n`,
    );
    expect([...first.faults, ...second.faults]).toEqual([]);
    await first.page.context().close();
  }, 30_000);

  it('counts two tabs of one browser as one viewer', async () => {
    const first = await open('same');
    await shows(first.page, 1);
    const again = await first.page.context().newPage();
    await again.goto(first.page.url());
    await shows(again, 1);
    const watcher = new LiveClient(system.liveUrl(), { viewerId: 'watcher' });
    const watched = watcher.counterChanged('same');
    await until(() => watched.values.at(-1)?.connections === 2, { what: 'two connections' });
    expect(watched.last).toBe(1);
    await watcher.close();
    await first.page.context().close();
  }, 30_000);

  it('shows any page id as text', async () => {
    const pageId = `it's-a&b=<script>`.replace(/[<>]/g, '') + '/日本語';
    const { page, faults } = await open(pageId);
    await shows(page, 1);
    expect(await page.locator('h1').textContent()).toBe(pageId);
    expect(await restCount(system, pageId)).toBe(1);
    expect(faults).toEqual([]);
    await page.context().close();
  }, 30_000);

  it('works as one element on a page of another origin', async () => {
    const elsewhere = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(
        `<script type="module" src="${system.apiUrl()}/assets/headcount.js"></script>
        <live-count page-id="embedded" gateway="${system.liveUrl()}"></live-count>`,
      );
    });
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);
    await shows(page, 1);
    expect(await restCount(system, 'embedded')).toBe(1);
    await page.close();
    elsewhere.closeAllConnections();
    elsewhere.close();
  }, 30_000);

  it('does not pass off an old number as live, and is counted once after the gateway was away', async () => {
    const { page } = await open('away');
    await shows(page, 1);
    const state = () => page.locator('live-count').getAttribute('state');
    expect(await state()).toBe('live');
    await system.gateways[0]?.end('SIGKILL');
    await until(async () => (await state()) !== 'live', {
      what: 'the page to say that it is not live',
    });
    await system.gateways[0]?.restart();
    await until(async () => (await state()) === 'live', {
      what: 'the page to be live again',
      timeoutMs: 30_000,
    });
    await until(() => restCount(system, 'away'), {
      what: 'one viewer',
      accept: (count) => count === 1,
      timeoutMs: 30_000,
    });
    await shows(page, 1);
    await page.context().close();
  }, 90_000);

  it('counts out a browser that has frozen', async () => {
    const server = await chromium.launchServer({
      executablePath: chromiumPath(),
      args: [...CHROMIUM_ARGS],
    });
    const frozen = await chromium.connect(server.wsEndpoint());
    const page = await frozen.newPage();
    const watcher = new LiveClient(system.liveUrl(), { viewerId: 'watcher' });
    const watched = watcher.counterChanged('frozen');
    await page.goto(`${system.apiUrl()}/frozen/counter`);
    await until(() => watched.last === 1, { what: 'the browser to be counted', timeoutMs: 10_000 });
    const frozenMs = performance.now();
    // The whole group: what holds the socket is a child of the browser.
    process.kill(-(server.process().pid ?? 0), 'SIGSTOP');
    await until(() => watched.last === 0, {
      what: 'the browser to be counted out',
      timeoutMs: 20_000,
    });
    process.stdout.write(
      `browser frozen to counted out: ${((performance.now() - frozenMs) / 1000).toFixed(1)} s\n`,
    );
    process.kill(-(server.process().pid ?? 0), 'SIGCONT');
    await until(() => watched.last === 1, {
      what: 'the browser to be counted again',
      timeoutMs: 20_000,
    });
    await watcher.close();
    await server.close();
  }, 60_000);
});
