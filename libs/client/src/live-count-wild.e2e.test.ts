/**
 * Goal    whatever the page around it is like, <live-count> keeps one socket, its visitor stays counted, and nobody else
 *         on the page is harmed; what it cannot do it explains once.
 * Method  the bundle as pages get it, in headless Chromium, on pages like those of strangers; a gateway of the test's own
 *         that writes down what is begun and ended.
 */
import { chromium, type Browser, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, chromiumPath, until } from '@headcount/testing';
import { WildPages } from './testing/wild-page.js';

const HERE = '<live-count gateway="GATEWAY" page-id="/"></live-count>';

describe('<live-count> in the wild', () => {
  let browser: Browser;
  let wild: WildPages;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: chromiumPath(),
      args: [...CHROMIUM_ARGS],
      // Playwright does without the cache of the back button, which is tried here.
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    wild = await WildPages.start(browser);
  });
  afterEach(() => wild.stop());

  const states = (page: Page): Promise<(string | null)[]> =>
    page.locator('live-count').evaluateAll((all) => all.map((one) => one.getAttribute('state')));
  const allLive = (page: Page, count = 1): Promise<unknown> =>
    until(() => states(page), {
      what: `${count} elements to be live`,
      accept: (seen) => seen.length === count && seen.every((state) => state === 'live'),
      timeoutMs: 20_000,
    });
  const text = (page: Page): Promise<string | null> => page.locator('live-count').textContent();
  const saying = (part: string | RegExp): Promise<unknown> =>
    until(() => wild.ours, {
      what: `the console to say ${part}`,
      accept: (said) => said.some((one) => one.match(part) !== null),
      timeoutMs: 10_000,
    });

  describe('languages', () => {
    it.each([
      ['lang="en_US"', HERE, '1,234 people viewing'],
      ['lang="de_DE.UTF-8"', HERE, '1.234 people viewing'],
      ['lang="pt_BR@euro"', HERE, '1.234 people viewing'],
      ['lang="en"', `<p lang="de"><b lang="en_US">${HERE}</b></p>`, '1,234 people viewing'],
      ['lang="C"', HERE, /^1.?234 people viewing$/],
      ['lang=""', HERE, /^1.?234 people viewing$/],
      ['lang="x-"', HERE, /^1.?234 people viewing$/],
      ['lang="{{ locale }}"', HERE, /^1.?234 people viewing$/],
      [`lang="${'a-'.repeat(50)}"`, HERE, /^1.?234 people viewing$/],
    ])('is a number in words with <html %s>', async (html, body, shown) => {
      const page = await wild.open({ html, body });
      await allLive(page);
      wild.gateway.set('viewing /', 1234);
      await until(async () => (await text(page))?.includes('234'), { what: 'the number' });
      expect(await text(page)).toMatch(shown);
      expect(wild.gateway.inits).toHaveLength(1);
      expect([...wild.uncaught, ...wild.said]).toEqual([]);
    });

    it('is in the language of the host of its shadow tree', async () => {
      const body = `<p lang="de"><span id="host"></span></p><script>
        host.attachShadow({ mode: 'open' }).innerHTML = '${HERE}';</script>`;
      const page = await wild.open({ html: 'lang="en"', body });
      await allLive(page);
      wild.gateway.set('viewing /', 1234);
      await until(async () => (await text(page)) === '1.234 people viewing');
    });
  });

  describe('callbacks', () => {
    it('report what they throw or reject with, once, and harm nobody', async () => {
      const page = await wild.open({
        body: `${HERE}<script type="module">
          import { createHeadcount } from '/headcount.js';
          document.querySelector('live-count').addEventListener('change', () => { throw new Error('listener'); });
          const one = createHeadcount({ url: 'GATEWAY' });
          const bad = (name) => () => { throw new Error(name); };
          one.viewing('/a', bad('thrown'));
          one.counterChanged('/b', 'likes', async () => { throw new Error('rejected'); });
          one.viewing('/c', () => {}, { get onState() { throw new Error('getter'); } });
          one.viewing('refused', () => {}, { onError: bad('error') });
          one.viewing('/d', () => {}, { onState: bad('state') });
        </script>`,
      });
      await allLive(page);
      for (const count of [1, 2, 3]) {
        for (const key of ['viewing /', 'viewing /a', 'counterChanged /b likes', 'viewing /c'])
          wild.gateway.set(key, count);
        await until(async () => (await text(page))?.startsWith(String(count)));
      }
      const counted = (name: string): number => wild.uncaught.filter((one) => one === name).length;
      for (const name of ['thrown', 'rejected', 'getter', 'error', 'state'])
        expect([name, counted(name)]).toEqual([name, 1]);
      expect(wild.gateway.inits).toHaveLength(1);
      expect(wild.gateway.log.filter((entry) => entry.startsWith('-'))).toEqual([]);
    });
  });

  describe('attributes', () => {
    it.each([
      ['gateway="/graphql" page-id="/a"', 'viewing /a'],
      ['gateway="graphql/" page-id="/a"', 'viewing /a'],
      ['gateway=" //HOST/graphql#x " page-id="/a"', 'viewing /a'],
      ['gateway="http://HOST/graphql" page-id="/a"', 'viewing /a'],
      ['gateway="ws://HOST/graphql?x=1" page-id="/caf%C3%A9"', 'viewing /café'],
      ['gateway="/graphql" page-id="\n /a "', 'viewing /a'],
      ['gateway="/graphql" page-id="/a" name=" likes "', 'counterChanged /a likes'],
      ['gateway="/graphql" page-id="/a" name=""', 'viewing /a'],
      ['gateway="/graphql" page-id="/a" watch="false"', 'viewing /a'],
      ['gateway="/graphql" page-id="/a" watch', 'counterChanged /a viewers'],
    ])('are read as they are meant: %s', async (attributes, key) => {
      const meant = attributes.replace('HOST', `127.0.0.1:${wild.gateway.port}`);
      const page = await wild.open({ body: `<live-count ${meant}></live-count>` });
      await allLive(page);
      expect(wild.gateway.subscribed).toEqual([key]);
    });

    it('resolve against the base of the document', async () => {
      const head = `<base href="http://127.0.0.1:${wild.gateway.port}/elsewhere/">`;
      const body = '<live-count gateway="../graphql" page-id="/"></live-count>';
      await allLive(await wild.open({ head, body }, '/deep/page'));
    });

    it.each([
      ['gateway="/graphql" page-id=""', /<live-count page-id="">: is missing; .*page-id="home"/],
      ['gateway="/graphql" page-id="  "', /page-id="  ">: is missing/],
      ['gateway="/graphql"', /<live-count>: is missing; write it like page-id="home"/],
      ['page-id="/"', /<live-count>: the address of the gateway is missing; .*wss:/],
      [
        'page-id="/" gateway="ftp://a/b"',
        /gateway="ftp:.*is an address of ftp: here; write .*wss:/,
      ],
      [
        'page-id="/" gateway="https://"',
        /gateway="https:.*is no address of a gateway; write .*wss:/,
      ],
      ['page-id="refused" gateway="/graphql"', /page-id="refused">: The page id is not valid/],
      [
        'page-id="/" gateway="ws://127.0.0.1:1/graphql"',
        /127.0.0.1:1\/graphql cannot be (opened|reached)/,
      ],
    ])('are explained once where they are wrong: %s', async (attributes, sentence) => {
      const body = `<live-count ${attributes}>7</live-count>`.repeat(3);
      const page = await wild.open({ body });
      await saying(sentence);
      expect(wild.ours.filter((one) => sentence.test(one))).toHaveLength(1);
      expect(await states(page)).toEqual(Array(3).fill('offline'));
      expect(wild.uncaught).toEqual([]);
    });

    it('may come after the element, and change at any time', async () => {
      const page = await wild.open({ body: '<live-count></live-count>' });
      await page.evaluate(() => {
        const element = document.querySelector('live-count');
        element?.setAttribute('page-id', '/');
        element?.setAttribute('gateway', '/graphql');
      });
      await allLive(page);
      await page.evaluate(() =>
        document.querySelector('live-count')?.setAttribute('page-id', 'refused'),
      );
      await saying('refused');
      await page.evaluate(() =>
        document.querySelector('live-count')?.setAttribute('page-id', '/b'),
      );
      await allLive(page);
      expect(wild.gateway.subscribed).toEqual(['viewing /b']);
      expect(wild.gateway.inits).toHaveLength(1);
    });
  });

  describe('lists', () => {
    const watched = (count: number): string =>
      Array.from(
        { length: count },
        (_, at) => `<live-count gateway="GATEWAY" page-id="/${at}" watch></live-count>`,
      ).join('');

    it.each([
      ['first', HERE + watched(250)],
      ['last', watched(250) + HERE],
    ])(
      'of 250 are all live over one socket, and the one that counts begins first, standing %s',
      async (_, body) => {
        const page = await wild.open({ body });
        await allLive(page, 251);
        expect(wild.gateway.log[0]).toBe('+ viewing /');
        expect(wild.gateway.log).toHaveLength(251);
        expect(wild.gateway.inits).toHaveLength(1);
        expect(wild.ours).toEqual([]);
      },
    );

    it('of the same counter subscribe to it once', async () => {
      const page = await wild.open({ body: HERE.repeat(50) });
      await allLive(page, 50);
      wild.gateway.set('viewing /', 7);
      await until(async () => (await page.getByText('7 people viewing').count()) === 50);
      expect(wild.gateway.log).toEqual(['+ viewing /']);
    });

    it('say once what is too many, and take the room that others leave', async () => {
      wild.gateway.operationsMax = 20;
      const page = await wild.open({ body: watched(30) + HERE });
      await until(() => wild.gateway.log.length === 20);
      await saying('no room for all live counters of this page');
      expect(wild.gateway.log[0]).toBe('+ viewing /');
      expect(wild.ours).toHaveLength(1);
      await page.evaluate(() => {
        for (const one of [...document.querySelectorAll('live-count')].slice(0, 15)) one.remove();
      });
      await allLive(page, 16);
    });
  });

  describe('moves', () => {
    const same = (
      act: string,
    ): string => `<section id="a">${HERE}</section><section id="b"></section>
      <script>const act = (element) => { ${act} };</script>`;

    it.each([
      [
        'removed before a new one is inserted',
        'element.remove(); b.innerHTML = a.innerHTML || \'<live-count gateway="GATEWAY" page-id="/"></live-count>\';',
      ],
      ['moved', 'b.append(element);'],
      ['cloned', 'const copy = element.cloneNode(true); element.remove(); b.append(copy);'],
      [
        'put into a fragment and back',
        'const held = new DocumentFragment(); held.append(element); b.append(held);',
      ],
      ['put into a shadow tree', "b.attachShadow({ mode: 'open' }).append(element);"],
      [
        'taken into an iframe',
        "const frame = document.createElement('iframe'); b.append(frame); frame.contentDocument.body.append(frame.contentDocument.adoptNode(element));",
      ],
      ['rendered anew', 'const html = document.body.innerHTML; document.body.innerHTML = html;'],
      [
        'taken out and in by turns',
        'for (let i = 0; i < 500; i += 1) { element.remove(); a.append(element); }',
      ],
      [
        'removed in a microtask before another comes',
        'Promise.resolve().then(() => element.remove()).then(() => { b.append(element); });',
      ],
    ])('keep the viewer where the element is %s', async (_, act) => {
      const page = await wild.open({ body: same(act) });
      await allLive(page);
      await page.evaluate(() => {
        const global = window as unknown as { act: (element: Element | null) => void };
        (0, eval)('window.act = act');
        global.act(document.querySelector('live-count'));
      });
      // Another subscription that begins afterwards says that whatever was to be sent has been.
      await page.evaluate(
        (html) => document.body.insertAdjacentHTML('beforeend', html),
        wild.filled('<live-count gateway="GATEWAY" page-id="/next"></live-count>'),
      );
      await until(() => wild.gateway.log.includes('+ viewing /next'));
      expect(wild.gateway.log).toEqual(['+ viewing /', '+ viewing /next']);
      expect(wild.gateway.inits).toHaveLength(1);
      wild.gateway.set('viewing /', 5);
      const shown = (): Promise<unknown> =>
        page.evaluate(() => {
          const frame = document.querySelector('iframe')?.contentDocument;
          const shadow = document.querySelector('#b')?.shadowRoot;
          return [document, frame, shadow]
            .map((root) => root?.querySelector('live-count')?.textContent)
            .join();
        });
      await until(async () => String(await shown()).includes('5 people viewing'));
    });

    it('keep the viewer where an SDK is made anew in the turn in which it was disposed of', async () => {
      const page = await wild.open({
        body: `<script type="module">
          import { createHeadcount } from '/headcount.js';
          const mount = () => {
            const one = createHeadcount({ url: 'GATEWAY' });
            one.viewing('/', ({ count }) => { document.title = count; });
            return () => one.dispose();
          };
          window.unmount = mount();
          window.again = () => { for (let i = 0; i < 20; i += 1) { window.unmount(); window.unmount = mount(); } };
        </script>`,
      });
      await until(() => wild.gateway.subscribed.length === 1);
      await page.evaluate(() => (window as unknown as { again: () => void }).again());
      wild.gateway.set('viewing /', 8);
      await until(async () => (await page.title()) === '8');
      expect(wild.gateway.log).toEqual(['+ viewing /']);
      expect(wild.gateway.inits).toHaveLength(1);
      await page.evaluate(() => (window as unknown as { unmount: () => void }).unmount());
      await until(() => wild.gateway.socketCount === 0);
    });
  });

  describe('life of the page', () => {
    it('is kept by the back button, leaves meanwhile, and is back with it', async () => {
      const page = await wild.open({ body: `${HERE}<script>window.isKept = true;</script>` });
      await allLive(page);
      await page.goto('about:blank');
      await until(() => wild.gateway.socketCount === 0);
      await page.evaluate(() => history.back());
      await until(() => wild.gateway.socketCount === 1, { timeoutMs: 10_000 });
      await allLive(page);
      expect(wild.gateway.log).toEqual(['+ viewing /', '- viewing /', '+ viewing /']);
    });

    it('comes back when there is a network again', async () => {
      const page = await wild.open({ body: HERE });
      await allLive(page);
      await wild.context.setOffline(true);
      wild.gateway.closeSockets(1012);
      await until(async () => (await states(page))[0] !== 'live');
      await wild.context.setOffline(false);
      await allLive(page);
    });
  });

  describe('hostile pages', () => {
    /** Lets the page do its worst for a while. */
    const forAWhile = (page: Page, act: string): Promise<unknown> =>
      page.evaluate(`new Promise((resolve) => {
        const element = document.querySelector('live-count');
        let turns = 0;
        const timer = setInterval(() => {
          ${act}
          if ((turns += 1) < 400) return;
          clearInterval(timer);
          resolve();
        }, 5);
      })`);

    it.each([
      ['flips the page', "element.setAttribute('page-id', '/' + turns % 7);", 1],
      [
        'takes it out and in over turns',
        'if (turns % 2) element.remove(); else document.body.append(element);',
        1,
      ],
      [
        'says that it is left and shown',
        "window.dispatchEvent(new Event(turns % 2 ? 'pagehide' : 'pageshow'));",
        1,
      ],
      ['says that the network has come', "window.dispatchEvent(new Event('online'));", 1],
      ['flips the gateway', "element.setAttribute('gateway', '/graphql?' + turns);", 8],
    ])('cannot make it connect again and again: %s', async (_, act, most) => {
      const page = await wild.open({ body: HERE });
      await allLive(page);
      const begunMs = performance.now();
      await forAWhile(page, act);
      await page.evaluate((html) => (document.body.innerHTML = html), wild.filled(HERE));
      await allLive(page);
      const seconds = (performance.now() - begunMs) / 1000;
      // A new gateway every 5 s, and 80 messages a second, beyond what is allowed at once.
      expect(wild.gateway.inits.length).toBeLessThanOrEqual(most + seconds / 5);
      expect(wild.gateway.log.length).toBeLessThanOrEqual(151 + 80 * seconds);
    });

    it('may answer each change of the page with another', async () => {
      const page = await wild.open({
        body: `<main>${HERE}</main><script>
          new MutationObserver((_, observer) => {
            document.querySelector('main').innerHTML = ${JSON.stringify(HERE)};
            observer.takeRecords();
          }).observe(document.querySelector('main'), { subtree: true, childList: true, attributes: true });
        </script>`,
      });
      await until(() => wild.gateway.subscribed.length === 1);
      for (const count of [1, 2, 3]) wild.gateway.set('viewing /', count);
      // The page still answers, and the visitor has been there all the time.
      expect(await page.evaluate(() => 1 + 1)).toBe(2);
      expect(wild.gateway.log).toEqual(['+ viewing /']);
      expect(wild.gateway.inits).toHaveLength(1);
    });

    it.each([1000, 1008, 1013, 4400, 4500])(
      'is never one that hammers a gateway which closes with %d at once',
      async (code) => {
        wild.gateway.closesWith = code;
        const page = await wild.open({ body: HERE });
        await until(() => wild.gateway.inits.length > 0);
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 4000)));
        // With pauses of at least 0.25, 0.5, 1, 2 s.
        expect(wild.gateway.inits.length).toBeLessThanOrEqual(5);
        expect(wild.uncaught).toEqual([]);
      },
    );

    it('may have broken what scripts rely on', async () => {
      const page = await wild.open({
        head: `<script>
          Array.prototype.toJSON = function () { return 'prototype.js'; };
          Array.from = () => [];
          Object.prototype.extended = 1;
          window.console = undefined;
          window.queueMicrotask = undefined;
          window.reportError = undefined;
          Intl.NumberFormat = class { constructor() { this.format = String; } };
          localStorage.setItem('headcount-viewer', 'not one of ours ' + 'x'.repeat(500));
        </script>`,
        body: `${HERE}<live-count gateway="GATEWAY" page-id="refused"></live-count>`,
      });
      await until(async () => (await states(page)).join() === 'live,offline');
      expect((wild.gateway.inits[0]?.payload as { viewerId: string }).viewerId).toMatch(
        /^[0-9a-f]{32}$/,
      );
      expect(wild.uncaught).toEqual([]);
    });

    it('may load the script several times, or have another element of that name', async () => {
      const again =
        '<script type="module" src="/headcount.js?2"></script><script type="module" src="/headcount.js?3"></script>';
      const page = await wild.open({ body: HERE + again });
      await allLive(page);
      expect(wild.gateway.inits).toHaveLength(1);
      const head =
        "<script>customElements.define('live-count', class extends HTMLElement {});</script>";
      await wild.open({ head, body: HERE }, '/other');
      expect(wild.uncaught).toEqual([]);
    });

    it('may forbid it to connect: it says so once, and does not try again', async () => {
      const page = await wild.open({ csp: "connect-src 'none'", body: HERE.repeat(2) });
      await saying(
        /Content-Security-Policy of this page forbids it: add ws:\/\/127.0.0.1:\d+ to connect-src/,
      );
      const tries = (): number => wild.said.filter((one) => /violates|refused/i.test(one)).length;
      const before = tries();
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2000)));
      expect(tries()).toBe(before);
      expect(wild.ours).toHaveLength(1);
      expect(await states(page)).toEqual(['offline', 'offline']);
    });

    it('may forbid storage: it is one viewer for the element and the SDK all the same', async () => {
      await wild.open({
        head: `<script>Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });</script>`,
        body: `${HERE}<script type="module">
          import { createHeadcount } from '/headcount.js';
          createHeadcount({ url: 'GATEWAY' }).viewing('/sdk', () => {});
        </script>`,
      });
      await until(() => wild.gateway.subscribed.length === 2);
      expect(wild.gateway.inits).toHaveLength(1);
    });
  });

  describe('tokens', () => {
    it('are given to all elements by one call, and renewed with every connection', async () => {
      const page = await wild.open({
        body: `${HERE}<script type="module">
          import { configure } from '/headcount.js';
          let given = 0;
          configure({ token: async () => 'token ' + (given += 1) });
        </script>`,
      });
      await allLive(page);
      wild.gateway.closeSockets(1012);
      await until(() =>
        wild.gateway.inits.some(({ payload }) => JSON.stringify(payload) === '{"token":"token 2"}'),
      );
      await allLive(page);
    });

    it('that cannot be had are asked for again, and explained', async () => {
      const page = await wild.open({
        body: `<script type="module">
          import { configure } from '/headcount.js';
          let given = 0;
          configure({ token: async () => { if ((given += 1) < 3) throw new Error('no session'); return 'good'; } });
        </script>${HERE}`,
      });
      await allLive(page);
      expect(wild.gateway.inits.at(-1)?.payload).toEqual({ token: 'good' });
      await saying(/the token for .* cannot be had, which is tried again: Error: no session/);
      expect(wild.uncaught).toEqual([]);
    });
  });
});
