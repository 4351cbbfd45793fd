import type { Browser, BrowserContext, Page } from 'playwright-core';
import { bundledElement } from './bundled-element.js';
import { FakeGateway } from './fake-gateway.js';

/** What a page of the host is like. */
export interface HostPage {
  /** Within `<body>`, after the script. `GATEWAY` stands for the address of the gateway. */
  readonly body: string;
  /** Attributes of `<html>`. */
  readonly html?: string;
  /** Within `<head>`, before the script. */
  readonly head?: string;
  readonly csp?: string;
}

/** A gateway, and a website of somebody else that has our elements on it, in Chromium. */
export class WildPages {
  /** All that the console was told. */
  readonly said: string[] = [];
  /** Errors that nothing on the page has caught. */
  readonly uncaught: string[] = [];

  private constructor(
    readonly gateway: FakeGateway,
    readonly context: BrowserContext,
    private readonly pages: Map<string, HostPage>,
  ) {}

  static async start(browser: Browser): Promise<WildPages> {
    const script = await bundledElement();
    const pages = new Map<string, HostPage>();
    const gateway = await FakeGateway.start(0, ({ url = '/' }, response) => {
      if (url.startsWith('/headcount.js')) {
        response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
        return;
      }
      const page = pages.get(url);
      if (page === undefined) return void response.writeHead(404).end();
      const csp = page.csp && { 'content-security-policy': page.csp };
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...csp });
      response.end(
        `<!doctype html><html ${page.html ?? ''}><head><link rel="icon" href="data:,">${page.head ?? ''}` +
          '<script type="module" src="/headcount.js"></script></head>' +
          `<body>${filled(page.body, gateway)}</body></html>`,
      );
    });
    return new WildPages(gateway, await browser.newContext(), pages);
  }

  /** Puts a page at an address. */
  put(path: string, page: HostPage): void {
    this.pages.set(path, page);
  }

  /** HTML with the address of the gateway in it. */
  filled(html: string): string {
    return filled(html, this.gateway);
  }

  /** Opens a page. */
  async open(page: HostPage, path = '/'): Promise<Page> {
    this.put(path, page);
    const opened = await this.context.newPage();
    this.listen(opened);
    await opened.goto(`http://127.0.0.1:${this.gateway.port}${path}`);
    return opened;
  }

  listen(page: Page): void {
    page.on('console', (message) => this.said.push(message.text()));
    page.on('pageerror', (error) => this.uncaught.push(error.message));
  }

  /** What our script has told the console. */
  get ours(): readonly string[] {
    return this.said.filter((text) => text.startsWith('headcount: '));
  }

  async stop(): Promise<void> {
    await this.context.close();
    await this.gateway.stop();
  }
}

function filled(html: string, gateway: FakeGateway): string {
  return html.replaceAll('GATEWAY', gateway.url);
}
