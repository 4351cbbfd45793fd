/**
 * Goal    a visitor is there while its page is looked at: not before it is, not while it is frozen or kept for the back
 *         button, and at once when it comes back.
 * Method  the SDK over real sockets, on a page whose events the test makes as a browser does: trusted ones, which no
 *         script of a page can make.
 */
import { WebSocket } from 'ws';
import { until } from '@headcount/testing';
import { createHeadcount, type Headcount } from './headcount.js';
import { FakeGateway } from './testing/fake-gateway.js';

/** A window or a document. */
class Target {
  private readonly listeners = new Set<readonly [string, (event: object) => void]>();

  get size(): number {
    return this.listeners.size;
  }

  addEventListener(type: string, listener: (event: object) => void): void {
    this.listeners.add([type, listener]);
  }

  removeEventListener(type: string, listener: (event: object) => void): void {
    for (const entry of this.listeners)
      if (entry[0] === type && entry[1] === listener) this.listeners.delete(entry);
  }

  fire(type: string, isTrusted = true): void {
    for (const [heard, listener] of this.listeners) if (heard === type) listener({ isTrusted });
  }
}

class Page extends Target {
  prerendering = false;
  visibilityState = 'visible';
  readonly baseURI = 'https://example.org/';
}

describe('the page of a viewer', () => {
  let gateway: FakeGateway;
  let page: Page;
  let frame: Target;
  let headcount: Headcount | null = null;
  beforeEach(async () => {
    gateway = await FakeGateway.start();
    page = new Page();
    frame = new Target();
    Object.assign(globalThis, { document: page, window: frame });
  });
  afterEach(async () => {
    headcount?.dispose();
    await until(() => page.size + frame.size === 0, { what: 'all listeners to be gone' });
    Object.assign(globalThis, { document: undefined, window: undefined });
    await gateway.stop();
  });

  function enter(): void {
    headcount = createHeadcount({ url: gateway.url, webSocket: WebSocket, viewerId: 'ada' });
    headcount.viewing('/', () => undefined);
  }
  const isThere = (): Promise<unknown> =>
    until(() => gateway.subscribed.length === 1 && gateway.socketCount === 1);
  const isAway = (): Promise<unknown> => until(() => gateway.socketCount === 0);
  /** What would have been sent has been: a socket of another that is opened now would come later. */
  async function passed(): Promise<void> {
    const other = new WebSocket(gateway.url, 'graphql-transport-ws');
    await new Promise((resolve) => other.once('open', resolve));
    other.terminate();
    await isAway();
  }

  it('is not counted before a page that was loaded ahead is looked at', async () => {
    page.prerendering = true;
    enter();
    page.fire('visibilitychange');
    await passed();
    expect(gateway.inits).toEqual([]);
    page.prerendering = false;
    page.fire('prerenderingchange');
    await isThere();
  });

  it.each([
    ['left and brought back', () => frame.fire('pagehide'), () => frame.fire('pageshow')],
    ['frozen and resumed', () => page.fire('freeze'), () => page.fire('resume')],
    [
      'left, and looked at without a word',
      () => frame.fire('pagehide'),
      () => page.fire('visibilitychange'),
    ],
  ])('is counted out and in again where it is %s', async (_, leave, comeBack) => {
    enter();
    await isThere();
    leave();
    await isAway();
    comeBack();
    await isThere();
    expect(gateway.inits).toHaveLength(2);
  });

  it('heeds no event that a script has made', async () => {
    enter();
    await isThere();
    frame.fire('pagehide', false);
    page.fire('freeze', false);
    headcount?.viewing('/next', () => undefined);
    await until(() => gateway.subscribed.length === 2);
    expect(gateway.log).toEqual(['+ viewing /', '+ viewing /next']);
    expect(gateway.inits).toHaveLength(1);
  });

  it('stays counted in a hidden tab', async () => {
    enter();
    await isThere();
    page.visibilityState = 'hidden';
    page.fire('visibilitychange');
    headcount?.viewing('/next', () => undefined);
    await until(() => gateway.subscribed.length === 2);
    expect(gateway.inits).toHaveLength(1);
  });
});
