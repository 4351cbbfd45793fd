/**
 * Goal    <live-count> on pages of others does what a person expects of it, and says why where it cannot.
 * Method  headless Chromium on pages of another origin, the script that counter-api serves, through the whole chain; stock
 *         clients watch what others see.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
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

const SECRET = 'a-secret-that-only-the-site-knows';

describe('<live-count> on a page of another origin', () => {
  let browser: Browser;
  let site: Server;
  let html = '';
  const said: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS] });
    site = createServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(html);
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
  });
  afterAll(async () => {
    await browser.close();
    site.closeAllConnections();
    site.close();
  });
  beforeEach(() => void said.splice(0));

  async function visit(url: string): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    await page.goto(url);
    return page;
  }
  function open(system: System, body: string): Promise<Page> {
    html = `<!doctype html><html lang="en_US"><link rel="icon" href="data:,">
      <script type="module" src="${system.apiUrl()}/assets/headcount.js"></script>
      ${body.replaceAll('SCRIPT', `${system.apiUrl()}/assets/headcount.js`).replaceAll('GATEWAY', system.liveUrl())}`;
    return visit(`http://localhost:${(site.address() as AddressInfo).port}/`);
  }
  const states = (page: Page): Promise<(string | null)[]> =>
    page.locator('live-count').evaluateAll((all) => all.map((one) => one.getAttribute('state')));
  const allLive = (page: Page, count = 1): Promise<unknown> =>
    until(() => states(page), {
      what: `${count} elements to be live`,
      accept: (seen) => seen.length === count && seen.every((state) => state === 'live'),
      timeoutMs: 20_000,
    });
  const counted = (system: System, pageId: string, count: number): Promise<unknown> =>
    until(() => restCount(system, pageId), {
      what: `${count} on ${pageId}`,
      accept: (seen) => seen === count,
      timeoutMs: 10_000,
    });

  describe('where tokens are asked for', () => {
    let system: System;
    beforeAll(async () => {
      system = await startSystem({ env: { AUTH: 'jwt', AUTH_JWT_SECRET: SECRET } });
    }, 60_000);
    afterAll(() => system.stop());

    it('watches without one, as the page of a counter does, and says why it does not count', async () => {
      const embedded = await open(
        system,
        '<live-count gateway="GATEWAY" page-id="home"></live-count>',
      );
      await allLive(embedded);
      expect(said).toEqual([expect.stringMatching(/^headcount: .*asks for a token.*configure\(/)]);
      said.length = 0;
      const page = await visit(`${system.apiUrl()}/home/counter`);
      await allLive(page);
      expect(await page.locator('live-count').textContent()).toBe('0 people viewing');
      expect(said).toEqual([expect.stringMatching(/asks for a token/)]);
      expect(await restCount(system, 'home')).toBe(0);
      await Promise.all([embedded, page].map((one) => one.context().close()));
    }, 60_000);

    it('counts its visitor with one, whose next token is asked for when that ends', async () => {
      const tokens = await Promise.all(
        [3, 600].map((seconds) =>
          new SignJWT({ sub: "o'brien", scope: '' })
            .setProtectedHeader({ alg: 'HS256' })
            .setExpirationTime(new Date(Date.now() + seconds * 1000))
            .sign(Buffer.from(SECRET)),
        ),
      );
      const page = await open(
        system,
        `<live-count gateway="GATEWAY" page-id="token"></live-count>
        <script type="module">
          import { configure } from 'SCRIPT';
          const tokens = ${JSON.stringify(tokens)};
          window.given = 0;
          configure({ token: async () => tokens[Math.min(window.given++, 1)] });
        </script>`,
      );
      await allLive(page);
      await counted(system, 'token', 1);
      await until(() => page.evaluate<boolean>('window.given === 2'), { timeoutMs: 20_000 });
      await allLive(page);
      await counted(system, 'token', 1);
      expect(said).toEqual([]);
      await page.context().close();
    }, 60_000);

    it('says that a token is not good', async () => {
      const page = await open(
        system,
        `<live-count gateway="GATEWAY" page-id="home"></live-count>
        <script type="module">
          import { configure } from 'SCRIPT';
          configure({ token: 'not.a.token' });
        </script>`,
      );
      await until(() => said.some((one) => /refuses the connection \(4401\)/.test(one)));
      expect(await states(page)).toEqual(['offline']);
      expect(said).toHaveLength(1);
      await page.context().close();
    }, 60_000);
  });

  describe('where everyone is let in', () => {
    let system: System;
    beforeAll(async () => {
      system = await startSystem({ env: { OPERATIONS_PER_SOCKET_MAX: '300' } });
    }, 60_000);
    afterAll(() => system.stop());

    it.each([
      ['/caf%C3%A9', '/café'],
      ['%E3%83%AC%E3%83%83%E3%83%89%E3%83%BB%E3%83%84', 'レッド・ツ'],
      ['2020–2021', '2020–2021'],
    ])(
      'counts the page that the address %s means',
      async (raw, pageId) => {
        const page = await open(
          system,
          `<live-count gateway="GATEWAY" page-id="${raw}"></live-count>`,
        );
        await allLive(page);
        await counted(system, pageId, 1);
        expect(said).toEqual([]);
        await page.context().close();
      },
      60_000,
    );

    it.each([
      ['page-id="a b"', /page-id="a b".*U\+0020.*position 1/],
      ['page-id="100%25"', /page-id="100%25".*U\+0025.*position 3/],
      ['page-id="%zz"', /page-id="%zz".*U\+0025.*position 0/],
      ['page-id="a\\b"', /page-id="a\\b".*U\+005C.*position 1/],
      ['page-id="/a/../b"', /page-id="\/a\/\.\.\/b".*between slashes/],
      ['page-id="@other"', /page-id="@other".*@site/],
      [`page-id="${'x'.repeat(300)}"`, /page-id="x+".*256 bytes/],
      ['page-id="a" name="größe"', /name="größe"/],
    ])(
      'says what is wrong with %s',
      async (attributes, sentence) => {
        const element = `<live-count gateway="GATEWAY" ${attributes}></live-count>`;
        const page = await open(system, element.repeat(2));
        await until(() => said.length > 0);
        await until(async () => (await states(page)).join() === 'offline,offline');
        expect(said).toEqual([expect.stringMatching(sentence)]);
        await page.context().close();
      },
      60_000,
    );

    it.each(['first', 'last'])(
      'is live 250 times, and counts its visitor all the time, the counting one standing %s',
      async (place) => {
        const pageId = `list-${place}`;
        const watcher = new LiveClient(system.liveUrl(), { viewerId: 'watcher' });
        const seen = watcher.counterChanged(pageId);
        await until(() => seen.last === 0);
        const counting = `<live-count gateway="GATEWAY" page-id="${pageId}"></live-count>`;
        const others = Array.from(
          { length: 250 },
          (_, at) => `<live-count watch gateway="GATEWAY" page-id="item/${at}"></live-count>`,
        ).join('');
        const page = await open(system, place === 'first' ? counting + others : others + counting);
        await allLive(page, 251);
        const counts = seen.values.map(({ count }) => count);
        // Once it is counted it stays so.
        expect([...counts].sort()).toEqual(counts);
        expect(counts.at(-1)).toBe(1);
        expect(said).toEqual([]);
        await watcher.close();
        await page.context().close();
      },
      60_000,
    );

    it('says once that 301 are too many, and counts its visitor all the same', async () => {
      const many = Array.from(
        { length: 301 },
        (_, at) => `<live-count watch gateway="GATEWAY" page-id="item/${at}"></live-count>`,
      ).join('');
      const page = await open(
        system,
        `${many}<live-count gateway="GATEWAY" page-id="many"></live-count>`,
      );
      await until(
        async () => (await states(page)).filter((state) => state === 'live').length === 300,
        {
          timeoutMs: 20_000,
        },
      );
      await until(() => said.length > 0);
      expect(said).toEqual([expect.stringMatching(/no room for all live counters of this page/)]);
      expect(await restCount(system, 'many')).toBe(1);
      await page.context().close();
    }, 60_000);

    it('is steady for others where it is re-created in one turn, again and again', async () => {
      const watcher = new LiveClient(system.liveUrl(), { viewerId: 'watcher' });
      const seen = watcher.counterChanged('react');
      const onSite = watcher.counterChanged('@site');
      const element = '<live-count gateway="GATEWAY" page-id="react"></live-count>';
      const page = await open(system, `<main>${element}</main>`);
      await allLive(page);
      await until(() => seen.last === 1 && onSite.last === 1);
      const from = [seen.values.length, onSite.values.length] as const;
      await page.evaluate(`(async () => {
        for (let turn = 0; turn < 30; turn += 1) {
          const old = document.querySelector('live-count');
          const main = document.querySelector('main');
          if (!old || !main) return;
          const next = document.createElement('live-count');
          for (const { name, value } of old.attributes) next.setAttribute(name, value);
          old.remove();
          main.append(next);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      })()`);
      await allLive(page);
      // Whatever had been sent has arrived when a later change has.
      await page.evaluate("document.querySelector('live-count').remove()");
      await until(() => seen.last === 0 && onSite.last === 0);
      const since = (all: typeof seen, at: number): Set<number> =>
        new Set(all.values.slice(at).map(({ count }) => count));
      // Nothing but the end, and what may be told again.
      expect([...since(seen, from[0] - 1)]).toEqual([1, 0]);
      expect([...since(onSite, from[1] - 1)]).toEqual([1, 0]);
      await watcher.close();
      await page.context().close();
    }, 60_000);
  });
});
