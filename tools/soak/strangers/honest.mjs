/** The honest population: sockets that view pages, and requests over every interface, each timed. */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { Caller } from './http.mjs';

const { LiveClient, until } = createRequire(import.meta.url)(
  '../../../dist/libs/testing/src/index.js',
);

const PAGES = Array.from({ length: 20 }, (_, at) => `honest-${at}`);
const COUNT = 'query($p: [ID!]!) { counters(pageIds: $p, name: "likes") { count } }';

export class Honest {
  /** Milliseconds of each request since `begin`. */
  times = [];
  /** What was refused since `begin`, by outcome. */
  refused = {};
  sockets = [];
  likes = new Map(PAGES.map((page) => [page, 0]));
  modifications = 0;
  timer = null;
  underWay = new Set();

  /** `target` as in attacks/kinds.mjs; `viewers` are tokens of the honest users. */
  constructor(target, viewers) {
    this.target = target;
    this.viewers = viewers;
    this.service = new Caller({ token: target.apiKey });
    this.follower = new Caller({ token: viewers[0] });
    this.anybody = new Caller({});
  }

  /** Opens so many sockets, some viewers with two, and follows the pages. */
  async come(sockets) {
    for (let at = 0; at < sockets; at += 1) {
      const viewer = at % this.viewers.length;
      const client = new LiveClient(this.target.live, { token: this.viewers[viewer] });
      const page = PAGES[at % PAGES.length];
      this.sockets.push({ viewer, page, client, seen: client.viewing(page) });
      if (at % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.follower.ask('PUT', `${this.target.notification}/users/h0/follows/${PAGES[0]}`);
    await this.exact();
  }

  /** Sends requests at an even pace until `rest`. */
  begin(perSecond) {
    [this.times, this.refused] = [[], {}];
    let nth = 0;
    this.timer = setInterval(() => {
      const kinds = this.kinds();
      const work = this.timed(kinds[nth % kinds.length], nth);
      this.underWay.add(work);
      void work.finally(() => this.underWay.delete(work));
      nth += 1;
    }, 1000 / perSecond);
  }

  /** Resolves when all requests have been answered. */
  async rest() {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
  }

  /** Milliseconds that so large a part of the requests took at most. */
  percentile(part) {
    const sorted = [...this.times].sort((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  }

  /** Resolves once every count is exact; rejects with what is wrong. */
  async exact(timeoutMs = 30_000) {
    const accept = (wrong) => wrong.length === 0;
    await until(() => this.wrong(), { what: 'exact counts', accept, timeoutMs, everyMs: 100 });
  }

  /** Takes what durable counters show for the truth, so that one attack that has changed them fails alone. */
  async forgive() {
    const { api, notification } = this.target;
    for (const page of PAGES)
      this.likes.set(page, await this.countAt(`${api}/${page}/counters/likes`));
    const { text } = await this.follower.send('GET', `${notification}/users/h0/unread`);
    this.modifications = JSON.parse(text).total;
  }

  async close() {
    await Promise.all(this.sockets.map(({ client }) => client.close()));
    for (const caller of [this.service, this.follower, this.anybody]) caller.close();
  }

  kinds() {
    const { api, notification } = this.target;
    const pageOf = (nth) => PAGES[nth % PAGES.length];
    return [
      (nth) => this.anybody.ask('GET', `${api}/${pageOf(nth)}/counter`),
      (nth) => this.like(pageOf(nth)),
      () => this.anybody.graphql(api, COUNT, { p: PAGES }),
      () => this.follower.ask('GET', `${notification}/users/h0/unread`),
      (nth) => this.like(pageOf(nth * 7)),
      () => this.modify(),
      (nth) => this.anybody.ask('GET', `${api}/${pageOf(nth)}/counters/likes`),
      (nth) => this.join(nth),
    ];
  }

  async timed(act, nth) {
    const beganMs = performance.now();
    const outcome = await act(nth).catch((cause) => `failed ${cause.message}`);
    this.times.push(performance.now() - beganMs);
    if (!/^(20\d|304) ok$/.test(outcome)) this.refused[outcome] = (this.refused[outcome] ?? 0) + 1;
  }

  /** A back end that repeats what was not acknowledged under the same key. */
  async insist(method, url, body, onDone) {
    const headers = { 'idempotency-key': `"${randomUUID()}"` };
    const first = await this.service.ask(method, url, body, headers);
    let outcome = first;
    for (let nth = 0; nth < 50 && /^(0|5\d\d|429)/.test(outcome); nth += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      outcome = await this.service.ask(method, url, body, headers);
    }
    if (/^20\d/.test(outcome)) onDone();
    return first;
  }

  like(page) {
    const url = `${this.target.api}/${page}/counters/likes`;
    return this.insist('PUT', url, { action: 'increment' }, () =>
      this.likes.set(page, this.likes.get(page) + 1),
    );
  }

  modify() {
    const url = `${this.target.notification}/pages/${PAGES[0]}/modifications`;
    return this.insist('POST', url, { eventId: randomUUID() }, () => (this.modifications += 1));
  }

  /** A visitor who comes, sees a count, and goes. */
  async join(nth) {
    const token = this.viewers[nth % this.viewers.length];
    const client = new LiveClient(this.target.live, { token });
    const seen = client.counterChanged(PAGES[nth % PAGES.length]);
    try {
      await until(() => seen.last !== null, {
        what: 'a first value',
        timeoutMs: 20_000,
        everyMs: 2,
      });
      return '200 ok';
    } finally {
      await client.close();
    }
  }

  async wrong() {
    const { api, notification } = this.target;
    const wrong = [];
    const check = (what, seen, real) => {
      if (seen !== real) wrong.push(`${what}: ${seen}, not ${real}`);
    };
    for (const page of PAGES) {
      const there = this.sockets.filter((one) => one.page === page);
      const viewers = new Set(there.map(({ viewer }) => viewer)).size;
      check(`${page} over REST`, await this.countAt(`${api}/${page}/counter`), viewers);
      check(
        `likes of ${page}`,
        await this.countAt(`${api}/${page}/counters/likes`),
        this.likes.get(page),
      );
      for (const { seen } of there) check(`${page} live`, seen.last, viewers);
    }
    const { text } = await this.follower.send('GET', `${notification}/users/h0/unread`);
    check('unread of h0', JSON.parse(text).total, this.modifications);
    return wrong;
  }

  async countAt(url) {
    const { text } = await this.anybody.send('GET', url);
    return JSON.parse(text).count;
  }
}
