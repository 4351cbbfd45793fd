/**
 * Goal    a stream survives what stands between it and a browser: a proxy that compresses or holds back what it may, one that
 *         answers for a gateway that is away, a gateway that is full. A browser's own EventSource comes back, or is brought back
 *         by the lines of docs/sse.md.
 * Method  proxies in this process, which do what their kind does by the headers of an answer; Chromium as it is.
 */
import { readFileSync } from 'node:fs';
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip } from 'node:zlib';
import { chromium, type Browser, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, chromiumPath, until } from '@headcount/testing';
import { EventReader } from './testing/event-reader.js';
import { StreamBench } from './testing/stream-bench.js';

type Handle = (upstream: IncomingMessage, response: ServerResponse) => void;

/** As `compression` of Express, and content delivery networks: what may be transformed is compressed, and let go when there is enough. */
const compressing: Handle = (upstream, response) => {
  const { 'cache-control': cache = '', ...headers } = upstream.headers;
  if (/no-transform/.test(cache)) return passing(upstream, response);
  response.writeHead(upstream.statusCode ?? 200, { ...headers, 'content-encoding': 'gzip' });
  upstream.pipe(createGzip()).pipe(response);
};

/** As nginx: an answer is held back until it is whole, or its buffers are full, unless it says otherwise. */
const buffering: Handle = (upstream, response) => {
  if (upstream.headers['x-accel-buffering'] === 'no') return passing(upstream, response);
  const held: Buffer[] = [];
  upstream.on('data', (part: Buffer) => held.push(part));
  upstream.on('end', () => response.writeHead(200, upstream.headers).end(Buffer.concat(held)));
};

const passing: Handle = (upstream, response) => {
  response.writeHead(upstream.statusCode ?? 200, upstream.headers);
  response.flushHeaders();
  upstream.pipe(response);
};

/** A proxy of one kind before a gateway. */
class Proxy {
  away = false;
  private readonly server: Server;

  constructor(target: () => string, handle: Handle) {
    this.server = createServer((asked, response) => {
      if (asked.url === '/') return void response.setHeader('content-type', 'text/html').end('ok');
      if (this.away) return void response.writeHead(502).end('Bad Gateway');
      const { method, headers } = asked;
      const onward = request(target() + (asked.url ?? ''), { method, headers, agent: false });
      onward.on('response', (upstream) => {
        upstream.on('error', () => response.destroy());
        handle(upstream, response);
      });
      onward.on('error', () =>
        response.headersSent ? response.destroy() : response.writeHead(502).end(),
      );
      response.on('close', () => onward.destroy());
      onward.end();
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((closed) => this.server.close(closed));
  }
}

describe('a stream through a proxy', () => {
  let bench: StreamBench;
  let proxy: Proxy;
  const start = async (handle: Handle, more: Record<string, string> = {}): Promise<void> => {
    bench = await StreamBench.start(more);
    proxy = await new Proxy(() => bench.app.url, handle).listen();
  };
  afterEach(async () => {
    await proxy.stop();
    await bench.stop();
  });

  it.each([
    ['compresses', compressing],
    ['holds back', buffering],
  ])('that %s what it may is shown each value at once', async (_, handle) => {
    await start(handle);
    const query = encodeURIComponent(
      'subscription { counterChanged(pageId: "home", name: "likes") { count } }',
    );
    const readers = ['/pages/home/stream?name=likes', `/graphql/stream?query=${query}`].map(
      (path) => new EventReader(proxy.url + path, { 'accept-encoding': 'gzip, br' }),
    );
    await until(() => readers.every(({ text }) => /"count":0/.test(text)), {
      what: 'the first value',
    });
    await bench.push('home', 'likes', 7);
    await until(() => readers.every(({ text }) => /"count":7/.test(text)), {
      what: 'the next value',
    });
    readers.forEach((reader) => reader.vanish());
  });

  it('over HTTP/1.0, as nginx asks unless it is told otherwise, goes on until the connection ends', async () => {
    await start(passing);
    const { port } = new URL(bench.app.url);
    const { RawConnection } = await import('../testing/raw-connection.js');
    const raw = new RawConnection(Number(port));
    raw.say('GET /pages/home/stream HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n');
    await until(() => /"count":0/.test(raw.text));
    expect(raw.text).not.toMatch(/transfer-encoding/i);
    raw.destroy();
  });

  describe('in a browser', () => {
    let browser: Browser;
    let page: Page;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS] });
    }, 60_000);
    beforeEach(async () => {
      page = await browser.newPage();
    });
    afterEach(() => page.close());
    afterAll(() => browser.close());

    interface Seen {
      readonly counts: number[];
      readonly problems: string[];
      readonly states: number[];
    }
    const seen = (): Promise<Seen> => page.evaluate('window.seen');
    const recipe = /```js\n(function liveCount[\s\S]*?)```/.exec(
      readFileSync('docs/sse.md', 'utf8'),
    )?.[1];

    /** Has the page read a stream, as it comes or by the recipe. */
    async function read(path: string, byRecipe = false): Promise<void> {
      await page.goto(proxy.url);
      const url = JSON.stringify(proxy.url + path);
      await page.evaluate(`
        window.seen = { counts: [], problems: [], states: [] };
        const count = (one) => seen.counts.push(one);
        ${recipe}
        if (${byRecipe}) liveCount(${url}, count);
        else {
          window.source = new EventSource(${url});
          source.onmessage = ({ data }) => count(JSON.parse(data).count);
          source.addEventListener('problem', ({ data }) => seen.problems.push(JSON.parse(data).code));
          source.onerror = () => seen.states.push(source.readyState);
        }
        undefined;
      `);
    }

    it.each([
      ['sockets', { SOCKETS_MAX: '1' }],
      ['sockets of an address', { SOCKETS_PER_ADDRESS_MAX: '1' }],
    ])(
      'an EventSource that there are too many %s for comes back when there is room',
      async (_, limit) => {
        await start(passing, limit);
        const first = bench.read('/pages/home/stream');
        await until(() => first.counts.length === 1);
        await read('/pages/home/stream?viewing=1&v=ada');
        await until(async () => (await seen()).problems.length > 0);
        expect(await seen()).toMatchObject({ counts: [], problems: ['TOO_MANY'] });
        first.vanish();
        await until(async () => (await seen()).counts.length > 0, { timeoutMs: 20_000 });
        // 0: it connects again. 2 would be the end.
        expect(new Set((await seen()).states)).toEqual(new Set([0]));
      },
      40_000,
    );

    it('a refusal of the rate limit is no end either', async () => {
      await start(passing, { RATE_LIMIT_PER_ADDRESS: '1/3' });
      await fetch(`${bench.app.url}/pages/home/stream`).then(({ body }) => body?.cancel());
      await read('/pages/home/stream');
      await until(async () => (await seen()).counts.length > 0, { timeoutMs: 20_000 });
      expect((await seen()).problems).toContain('TOO_MANY');
    }, 40_000);

    it('an EventSource that a proxy answers for is lost, and brought back by the recipe', async () => {
      await start(passing);
      await read('/pages/home/stream?viewing=1&v=ada', true);
      const lost = await browser.newPage();
      await until(async () => (await seen()).counts.length > 0);
      proxy.away = true;
      proxy.cut();
      await until(() => bench.present('home').viewers === 0);
      await lost.goto(proxy.url);
      const state = `new Promise((tell) => {
        const source = new EventSource(${JSON.stringify(`${proxy.url}/pages/home/stream`)});
        source.onerror = () => tell(source.readyState);
      })`;
      expect(await lost.evaluate(state)).toBe(2);
      const before = (await seen()).counts.length;
      proxy.away = false;
      await until(async () => (await seen()).counts.length > before, { timeoutMs: 20_000 });
      await until(() => bench.present('home').viewers === 1);
      await lost.close();
    }, 40_000);
  });

  it('whoever asks for no event stream by name gets the status', async () => {
    await start(passing, { SOCKETS_MAX: '1' });
    const first = bench.read('/pages/home/stream');
    await until(() => first.counts.length === 1);
    const refused = await fetch(`${bench.app.url}/pages/home/stream`);
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'TOO_MANY' }]);
  });
});
