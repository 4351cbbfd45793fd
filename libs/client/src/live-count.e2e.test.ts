/**
 * Goal    <live-count> shows a number that is true now, or says that it is not; and it works under
 *         a content security policy that allows nothing but our own script and the gateway's
 *         socket.
 * Method  the bundle as pages get it, in headless Chromium; a gateway of the test's own behind real
 *         sockets.
 */
import type { RequestListener } from 'node:http';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { until } from '@headcount/testing';
import { bundledElement } from './testing/bundled-element.js';
import { FakeGateway } from './testing/fake-gateway.js';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/**
 * Serves the script, and at any other path a page whose element has the attributes of the query.
 */
function pages(script: string): RequestListener {
  return ({ url = '/' }, response) => {
    if (url === '/headcount.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      return;
    }
    const gateway = `ws://127.0.0.1:${response.socket?.localPort ?? 0}/graphql`;
    const attributes = new URL(url, 'http://any').search.slice(1).replaceAll('&', ' ');
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'self'; connect-src ${gateway.replace('/graphql', '')}`,
    });
    response.end(
      '<!doctype html><html lang="en"><script type="module" src="/headcount.js"></script>' +
        `<live-count gateway="${gateway}" ${attributes}>7</live-count>`,
    );
  };
}

describe('<live-count>', () => {
  let browser: Browser;
  let script: string;
  let gateway: FakeGateway;
  let context: BrowserContext;
  const complaints: string[] = [];
  beforeAll(async () => {
    script = await bundledElement();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    gateway = await FakeGateway.start(0, pages(script));
    context = await browser.newContext();
    complaints.length = 0;
  });
  afterEach(async () => {
    await context.close();
    await gateway.stop();
  });

  async function open(attributes: string): Promise<Page> {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // A gateway that is away is reported by the browser itself.
      if (message.type() === 'error' && !message.text().includes('ERR_CONNECTION'))
        complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${gateway.port}/?${attributes}`);
    return page;
  }
  const shown = async (page: Page): Promise<[string | null, string | null]> => {
    const element = page.locator('live-count');
    return [await element.getAttribute('state'), await element.textContent()];
  };
  const shows = (page: Page, state: string, text: string): Promise<unknown> =>
    until(() => shown(page), {
      what: `${state}: ${text}`,
      accept: ([seenState, seenText]) => seenState === state && seenText === text,
      timeoutMs: 10_000,
    });

  it('shows who is there in words, makes the viewer present, complains of nothing', async () => {
    const page = await open('page-id=/');
    await until(() => gateway.subscribed.includes('viewing /'));
    gateway.set('viewing /', 3);
    await shows(page, 'live', '3 people viewing');
    expect(await page.locator('live-count').getAttribute('aria-live')).toBe('polite');
    expect(complaints).toEqual([]);
  });

  it('only watches with `watch`, and other counters', async () => {
    await open('page-id=/&watch');
    const likes = await open('page-id=/&name=likes');
    await until(() => gateway.subscribed.length === 2);
    expect(gateway.subscribed).toEqual(['counterChanged / likes', 'counterChanged / viewers']);
    gateway.set('counterChanged / likes', 12_345);
    await shows(likes, 'live', '12,345 likes');
  });

  it('is one viewer in two tabs of a browser, and another in another browser', async () => {
    await open('page-id=/');
    await open('page-id=/');
    const other = await browser.newContext();
    const page = await other.newPage();
    await page.goto(`http://127.0.0.1:${gateway.port}/?page-id=/`);
    await until(() => gateway.inits.length === 3);
    const [first, second, third] = gateway.inits.map(
      ({ payload }) => (payload as { viewerId: string }).viewerId,
    );
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    await other.close();
  });

  it('never shows a number as live that is not', async () => {
    const page = await open('page-id=/');
    await until(() => gateway.subscribed.length === 1);
    gateway.set('viewing /', 3);
    await shows(page, 'live', '3 people viewing');
    const { port } = gateway;
    await gateway.stop();
    await shows(page, 'offline', '3 people viewing (offline)');
    gateway = await FakeGateway.start(port, pages(script));
    gateway.set('viewing /', 4);
    await shows(page, 'live', '4 people viewing');
  });

  it('keeps what the server wrote until there is a number', async () => {
    const page = await open('page-id=refused');
    await shows(page, 'offline', '7');
  });

  it('leaves with the page, and is back when the page is brought back', async () => {
    const page = await open('page-id=/');
    await until(() => gateway.subscribed.length === 1);
    await page.goto('about:blank');
    await until(() => gateway.subscribed.length === 0 && gateway.socketCount === 0);
    await page.goBack();
    await until(() => gateway.subscribed.length === 1);
    gateway.set('viewing /', 2);
    await shows(page, 'live', '2 people viewing');
  });

  it('follows its attributes, and stays where it is while it is moved', async () => {
    const page = await open('page-id=/a');
    await until(() => gateway.subscribed.join() === 'viewing /a');
    await page.evaluate(() => {
      const element = document.querySelector('live-count');
      element?.addEventListener('change', (event) => {
        const { detail } = event as CustomEvent<{ count: number }>;
        document.title = `${detail.count}`;
      });
      element?.setAttribute('page-id', '/b');
      document.body.append(document.createElement('main'));
      document.querySelector('main')?.append(element ?? '');
    });
    await until(() => gateway.subscribed.join() === 'viewing /b');
    gateway.set('viewing /b', 9);
    await until(async () => (await page.title()) === '9');
    await page.evaluate(() => document.querySelector('live-count')?.remove());
    await until(() => gateway.subscribed.length === 0);
    expect(gateway.inits).toHaveLength(1);
  });
});
