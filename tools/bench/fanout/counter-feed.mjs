/**
 * In counter-api's place: lets one gateway sync, takes its interest and pushes values to it, all signed (docs/protocol.md §5
 * and §6), on the core of the load. What it keeps is the change that each page has come to.
 */
import 'reflect-metadata';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { countAfter } from './changes.mjs';

const load = createRequire(import.meta.url);
const { Keyring, RequestVerifier, SignedClient, newInstance, systemIds } = load(
  '../../../dist/libs/platform/src/index.js',
);
const { PATHS, SIGNATURE_HEADERS, errorEntry } = load('../../../dist/libs/protocol/src/index.js');
const { z } = load('zod');

const KEY = { id: 'bench', secret: 'between-a-feed-and-one-gateway' };
export const SIGNING_KEYS = `${KEY.id}:${KEY.secret}`;
const INCARNATION = '00000000000000000001';
/** Where the stream of pushes begins. */
const BEGINNING = 1;

export async function startCounterFeed() {
  const feed = new CounterFeed();
  await feed.listen();
  return feed;
}

class CounterFeed {
  #instance = newInstance(systemIds.instanceId());
  #keyring = new Keyring([KEY], 'gateway');
  #verifier = new RequestVerifier({ me: this.#instance.id, keyring: this.#keyring });
  #http = createServer((request, response) => void this.#serve(request, response));
  #gateway = null;
  #changes = new Map();
  #position = BEGINNING;

  async listen() {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
  }

  get url() {
    return `http://127.0.0.1:${this.#http.address().port}`;
  }

  /** Pushes the change of these pages, and resolves once the gateway has taken it. Several may be under way. */
  async publish(pages, change) {
    for (const page of pages) this.#changes.set(page, change);
    this.#position += 1;
    const pushed = await this.#gateway.call({
      method: 'PUT',
      path: PATHS.push,
      // From the beginning: two that overtake each other leave no hole, which the gateway would have to mend.
      body: { from: BEGINNING, to: this.#position, values: pages.map((page) => this.#value(page)) },
      answer: z.undefined(),
    });
    if (!pushed.ok) throw new Error(`The gateway did not take a push: ${pushed.error.detail}`);
  }

  async stop() {
    this.#http.close();
    this.#http.closeAllConnections();
    await this.#gateway?.abort();
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method, url: path, headers } = request;
    const header = (name) => headers[name];
    const taken = this.#verifier.take({ method, path, header, body });
    const [status, answer] = taken.ok
      ? this.#answer(path, JSON.parse(body))
      : [errorEntry(taken.error).httpStatus, { code: taken.error }];
    const [instance, text] = [this.#instance.id, JSON.stringify(answer)];
    response.writeHead(status, {
      'content-type': 'application/json',
      [SIGNATURE_HEADERS.instance]: instance,
      [SIGNATURE_HEADERS.answer]:
        this.#verifier.signAnswer(header, { status, instance, body: text }) ?? '',
    });
    response.end(text);
  }

  #answer(path, body) {
    if (path === PATHS.sync) return [200, this.#sync(body)];
    if (path === PATHS.interest) return [200, this.#interest(body)];
    return [404, { code: 'NOT_FOUND' }];
  }

  #sync({ url, stream }) {
    this.#gateway ??= new SignedClient({
      url,
      instance: this.#instance,
      keyring: this.#keyring,
    });
    return { region: 'local', datagramPort: null, stored: [], stream };
  }

  #interest({ add }) {
    return { stream: this.#position, values: add.map(([page]) => this.#value(page)) };
  }

  #value(page) {
    const change = this.#changes.get(page) ?? 0;
    return [page, 'viewers', countAfter(change), 0, null, INCARNATION, change + 1, []];
  }
}
