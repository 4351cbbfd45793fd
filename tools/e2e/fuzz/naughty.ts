/** Naughty strings in every place that takes a text, and what has to be counted afterwards, by a caller who is alone. */
import type { System } from '@headcount/testing';
import { operation } from './graphql-documents.js';
import type { RawAnswer, RawRequest } from './raw-http.js';
import type { Strangers } from './strangers.js';
import { wellFormed } from './texts.js';

const INCREMENT = `mutation ($pageId: ID!, $name: String, $opId: ID) {
  incrementCounter(pageId: $pageId, name: $name, opId: $opId) { pageId name count } }`;
const MODIFY = 'mutation ($input: ModifyPageInput!) { modifyPage(input: $input) { counted } }';
const FOLLOW =
  'mutation ($userId: ID!, $pageId: ID!) { follow(userId: $userId, pageId: $pageId) { pageId } }';
const VOTE = `mutation ($voter: ID!) {
  vote(pageId: "votes", name: "poll", voter: $voter) { changed } }`;
const LEASE = `mutation ($viewer: ID!) {
  leaseViewer(pageId: "leased", viewer: $viewer, ttlSeconds: 3600) { count } }`;
const COUNT =
  'query ($pageId: ID!, $name: String) { counter(pageId: $pageId, name: $name) { count } }';

/** Headers that the apps read, and some that others write into their logs. */
const HEADERS = [
  'x-headcount-user',
  'authorization',
  'idempotency-key',
  'accept',
  'user-agent',
  'x-headcount-key',
  'cookie',
  'origin',
  'referer',
  'traceparent',
];

/** A page and the name of a counter of it -> what it has to show. */
type Expected = Map<string, number>;

export class NaughtyCaller {
  private readonly expected: Expected = new Map();

  constructor(
    private readonly system: System,
    private readonly strangers: Strangers,
  ) {}

  /** Puts the text everywhere. */
  async say(text: string): Promise<void> {
    const { api, notification } = this;
    await this.put(text);
    await this.increment(text, 'likes', null);
    await this.increment('naughty', text, null);
    // Told twice it counts once.
    if (await this.increment('operations', 'likes', text)) {
      await this.strangers.ask(
        api,
        operation(INCREMENT, { pageId: 'operations', name: 'likes', opId: text }),
      );
    }
    await this.vote(text);
    await this.lease(text);
    await this.putTwice(text);
    await this.follow(text);
    for (const input of [
      { pageId: 'events', eventId: text, title: text, url: text },
      { pageId: 'events', eventId: text },
    ])
      await this.strangers.ask(notification, operation(MODIFY, { input }));
    for (const name of HEADERS) {
      const headers: [string, string][] = [[name, text]];
      await this.strangers.ask(notification, {
        method: 'GET',
        target: '/users/ann/unread',
        headers,
        body: null,
      });
    }
  }

  /** Counters that show something else than they have to, as sentences. */
  async miscounted(): Promise<string[]> {
    const wrong: string[] = [];
    for (const [counter, expected] of this.expected) {
      const [pageId, name] = JSON.parse(counter) as [string, string];
      const count = await this.count(pageId, name);
      if (count !== expected) wrong.push(`${counter} is ${count}, not ${expected}`);
    }
    return wrong;
  }

  /** How many counters have taken something. */
  get counters(): number {
    return this.expected.size;
  }

  private get api(): string {
    return this.system.apiUrl();
  }

  private get notification(): string {
    return this.system.notificationUrl();
  }

  private async put(text: string): Promise<void> {
    // Lone surrogates are no UTF-8; what stands for them is another text.
    const target = `/${encodeURIComponent(wellFormed(text))}/counter`;
    const answer = await this.strangers.ask(this.api, {
      method: 'PUT',
      target,
      headers: [['content-type', 'application/json']],
      body: '{"action":"increment"}',
    });
    if (answer.status === 200) this.expect(text, 'viewers');
  }

  private async increment(pageId: string, name: string, opId: string | null): Promise<boolean> {
    const answer = await this.strangers.ask(this.api, operation(INCREMENT, { pageId, name, opId }));
    if (shown(answer, 'incrementCounter') === undefined) return false;
    this.expect(pageId, name);
    return true;
  }

  /** Each voter counts once, however often it votes. */
  private async vote(voter: string): Promise<void> {
    for (let times = 0; times < 2; times += 1) {
      const answer = await this.strangers.ask(this.api, operation(VOTE, { voter }));
      if (shown(answer, 'vote')?.changed === true) this.expect('votes', 'poll');
    }
  }

  private async lease(viewer: string): Promise<void> {
    const answer = await this.strangers.ask(this.api, operation(LEASE, { viewer }));
    if (shown(answer, 'leaseViewer') === undefined) return;
    this.expect('leased', 'viewers');
    // Whoever is on a page is on the whole website too.
    this.expect('@site', 'viewers');
  }

  /** With a key a change counts once. */
  private async putTwice(key: string): Promise<void> {
    const request: RawRequest = {
      method: 'PUT',
      target: '/keyed/counters/likes',
      headers: [
        ['content-type', 'application/json'],
        ['idempotency-key', key],
      ],
      body: '{"action":"increment"}',
    };
    const before = await this.count('keyed', 'likes');
    const answers = [await this.strangers.ask(this.api, request)];
    answers.push(await this.strangers.ask(this.api, request));
    const taken = answers.every(({ status }) => status === 200);
    const counted = (await this.count('keyed', 'likes')) - before;
    // One that was there before, but for its spaces, is known already.
    if (taken ? counted > 1 : counted !== 0)
      throw new Error(`${JSON.stringify(request)} counted ${counted} times`);
  }

  private async follow(userId: string): Promise<void> {
    await this.strangers.ask(this.notification, operation(FOLLOW, { userId, pageId: 'events' }));
  }

  private async count(pageId: string, name: string): Promise<number> {
    const answer = await this.strangers.ask(this.api, operation(COUNT, { pageId, name }));
    return Number(shown(answer, 'counter')?.count);
  }

  private expect(pageId: string, name: string): void {
    const counter = JSON.stringify([pageId, name]);
    this.expected.set(counter, (this.expected.get(counter) ?? 0) + 1);
  }
}

/** What a field of an answer shows, where it is no refusal. */
function shown({ body }: RawAnswer, field: string): Record<string, unknown> | undefined {
  const { data } = JSON.parse(body) as { data?: Record<string, Record<string, unknown>> | null };
  return data?.[field];
}
