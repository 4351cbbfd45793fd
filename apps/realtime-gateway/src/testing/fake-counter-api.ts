import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Keyring,
  RequestVerifier,
  SignedClient,
  newInstance,
  systemIds,
  type CallFailure,
  type Instance,
} from '@headcount/platform';
import {
  PATHS,
  SIGNATURE_HEADERS,
  decodeDatagram,
  encodeHave,
  errorEntry,
  withMac,
  type ErrorCode,
  type FeedDatagram,
  type FeedRequest,
  type FollowsRequest,
  type InstanceId,
  type InterestRequest,
  type PushRequest,
  type Result,
  type SyncRequest,
  type TitlesRequest,
  type TrendingRequest,
  type ViewerId,
  type WireTrending,
} from '@headcount/protocol';
import { z } from 'zod';
import { FakeStore } from './fake-store.js';

/** The key of all tests. */
export const TEST_KEYS = [{ id: 'test', secret: 'a-secret-for-tests' }];

interface Bodies {
  readonly [PATHS.sync]: SyncRequest;
  readonly [PATHS.feed]: FeedRequest;
  readonly [PATHS.interest]: InterestRequest;
  readonly [PATHS.goodbye]: object;
  readonly [PATHS.trending]: TrendingRequest;
  readonly [PATHS.follows]: FollowsRequest;
  readonly [PATHS.titles]: TitlesRequest;
}

/** A request as it was taken. */
export type Taken = {
  [P in keyof Bodies]: { readonly path: P; readonly body: Bodies[P] };
}[keyof Bodies];

interface Stream {
  readonly client: SignedClient;
  readonly wanted: Set<string>;
  position: number;
  flying: boolean;
  again: boolean;
}

export interface FakeOptions {
  /** The store, shared where several counter-apis stand before one Redis. */
  readonly store?: FakeStore;
  /** Default: any free one. */
  readonly port?: number;
  /** Whether datagrams are taken; default true. */
  readonly datagrams?: boolean;
}

/**
 * A counter-api as docs/protocol.md describes it, over real HTTP and UDP, with a store in memory
 * instead of Redis. Tests make it lose, refuse and forget, and look at what a gateway said to it.
 */
export class FakeCounterApi {
  readonly instance: Instance = newInstance(systemIds.instanceId());
  readonly keyring = new Keyring(TEST_KEYS, 'gateway');
  readonly store: FakeStore;
  /** What was taken, in its order. */
  readonly requests: Taken[] = [];
  readonly datagrams: FeedDatagram[] = [];
  /** Refuses every request with this code. */
  refuseWith: ErrorCode | null = null;
  /** Whether a datagram that arrives is lost before it is looked at. */
  loses: (datagram: FeedDatagram) => boolean = () => false;
  /** Whether an answer is lost. */
  losesAnswers = false;
  /** What it answers when it is asked what trends: by the ask, `name windowSeconds first`; else nothing does. */
  readonly trending = new Map<string, WireTrending>();
  /** Whether pushes are sent when values change. */
  pushes = true;

  private readonly verifier;
  private readonly streams = new Map<InstanceId, Stream>();
  private readonly urls = new Map<InstanceId, string>();
  private readonly stopListening;
  private readonly http: Server;
  private udp: Socket | null = null;

  private constructor({ store }: FakeOptions) {
    this.store = store ?? new FakeStore();
    this.verifier = new RequestVerifier({ me: this.instance.id, keyring: this.keyring });
    this.http = createServer((request, response) => void this.serve(request, response));
    this.stopListening = this.store.onChange((key) => this.changed(key));
  }

  static async start(options: FakeOptions = {}): Promise<FakeCounterApi> {
    const fake = new FakeCounterApi(options);
    fake.http.listen(options.port ?? 0, '127.0.0.1');
    await once(fake.http, 'listening');
    if (options.datagrams ?? true) await fake.openUdp();
    return fake;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Drops what it remembers of what was said to it. */
  forgetRequests(): void {
    this.requests.length = 0;
    this.datagrams.length = 0;
  }

  /** The bodies of one kind of request. */
  bodies<P extends keyof Bodies>(path: P): readonly Bodies[P][] {
    const taken = this.requests.filter((request) => request.path === path);
    return taken.map(({ body }) => body as Bodies[P]);
  }

  /** The gateway that synced last. */
  get gateway(): InstanceId {
    const last = [...this.urls.keys()].at(-1);
    if (last === undefined) throw new Error('no gateway has synced');
    return last;
  }

  /** Pushes to the gateway, whatever its stream says. */
  async push(body: PushRequest): Promise<Result<undefined, CallFailure>> {
    const stream = this.streams.get(this.gateway);
    if (stream === undefined) throw new Error('the gateway has no stream');
    return this.callPush(stream.client, body);
  }

  /** The position of the gateway's stream moves without a push. */
  skipPush(): void {
    const stream = this.streams.get(this.gateway);
    if (stream !== undefined) stream.position += 1;
  }

  /** Forgets who wanted what. */
  forgetStreams(): void {
    this.streams.clear();
  }

  /** Stops as kill -9 would: no goodbye, connections cut. */
  async stop(): Promise<void> {
    this.stopListening();
    this.udp?.close();
    this.udp = null;
    if (!this.http.listening) return;
    this.http.close();
    this.http.closeAllConnections();
    await once(this.http, 'close');
    await Promise.all([...this.streams.values()].map(({ client }) => client.close()));
  }

  private async openUdp(): Promise<void> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.on('message', (bytes, from) => this.receive(bytes, from));
    this.udp = socket;
  }

  private receive(bytes: Buffer, from: RemoteInfo): void {
    const decoded = decodeDatagram(bytes, (...signed) => this.keyring.verify(...signed));
    if (!decoded.ok || decoded.value.type !== 'feed') throw new Error('a gateway sends good feeds');
    const datagram = decoded.value;
    if (datagram.receiver !== this.instance.id || !this.urls.has(datagram.sender)) return;
    if (this.loses(datagram)) return;
    this.datagrams.push(datagram);
    const sections = datagram.sections.map(({ bucket, from: after, to, entries }) => {
      const rows = entries.map(({ pageId, ...value }) => ({ key: pageId, value, version: to }));
      const message = { from: after, to, entries: rows };
      return { bucket, stored: this.store.apply(datagram.sender, bucket, message).stored };
    });
    if (this.losesAnswers) return;
    const route = {
      keyId: this.keyring.keyId,
      sender: this.instance.id,
      receiver: datagram.sender,
    };
    const have = encodeHave(route, this.instance.nextNumber(), datagram.number, sections);
    this.udp?.send(withMac(have, this.keyring.sign(have)), from.port, from.address);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const header = (name: string): string | undefined => [request.headers[name]].flat()[0];
    const taken = this.verifier.take({
      method: request.method ?? '',
      path: request.url ?? '',
      header,
      body: Buffer.concat(chunks),
    });
    const end = (status: number, type: string, answer: unknown): void => {
      const [instance, text] = [this.instance.id, JSON.stringify(answer)];
      const signature = this.verifier.signAnswer(header, { status, instance, body: text }) ?? '';
      response.writeHead(status, {
        'content-type': type,
        [SIGNATURE_HEADERS.instance]: instance,
        [SIGNATURE_HEADERS.answer]: signature,
      });
      response.end(text);
    };
    const refusal = taken.ok ? this.refuseWith : taken.error;
    if (!taken.ok || refusal !== null) {
      const code = refusal ?? 'INTERNAL';
      return end(errorEntry(code).httpStatus, 'application/problem+json', { code });
    }
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const made = { path: request.url, body } as Taken;
    this.requests.push(made);
    end(200, 'application/json', this.answer(taken.value, made));
  }

  private answer(gateway: InstanceId, taken: Taken): unknown {
    switch (taken.path) {
      case PATHS.sync:
        return this.sync(gateway, taken.body);
      case PATHS.feed:
        return {
          results: taken.body.messages.map(({ bucket, from, to, entries }) => {
            const rows = entries.map(([key, viewers, connections]) => ({
              key,
              value: { viewers, connections },
              version: to,
            }));
            const { verdict, stored } = this.store.apply(gateway, bucket, {
              from,
              to,
              entries: rows,
            });
            return [bucket, verdict, stored];
          }),
        };
      case PATHS.interest:
        return this.interest(gateway, taken.body);
      case PATHS.trending:
        return { answers: taken.body.asks.map((ask) => this.trending.get(ask.join(' ')) ?? []) };
      case PATHS.follows:
        return { parts: taken.body.asks.map((ask) => this.store.unread.part(...ask)) };
      case PATHS.titles:
        return { titles: taken.body.pages.map((pageId) => this.store.unread.title(pageId)) };
      case PATHS.goodbye:
        this.streams.delete(gateway);
        return { buckets: this.store.reap(gateway) };
    }
  }

  private sync(gateway: InstanceId, { url, versions }: SyncRequest): unknown {
    this.urls.delete(gateway);
    this.urls.set(gateway, url);
    const stored = versions
      .map(([bucket, to]) => [bucket, to, this.store.storedOf(gateway, bucket)] as const)
      .filter(([, to, held]) => held !== to)
      .map(([bucket, , held]) => [bucket, held]);
    const datagramPort = this.udp?.address().port ?? null;
    const stream = this.streams.get(gateway)?.position ?? null;
    return { region: 'local', datagramPort, stored, stream };
  }

  private interest(gateway: InstanceId, request: InterestRequest): unknown {
    const { whole, add, drop, pages, users } = request;
    if (whole) this.streams.delete(gateway);
    const stream = this.streams.get(gateway) ?? this.openStream(gateway);
    for (const [pageId, name] of drop) stream.wanted.delete(`${name} ${pageId}`);
    for (const [pageId, name] of add) stream.wanted.add(`${name} ${pageId}`);
    for (const pageId of pages?.drop ?? []) stream.wanted.delete(`page ${pageId}`);
    for (const [pageId] of pages?.add ?? []) stream.wanted.add(`page ${pageId}`);
    for (const userId of users?.drop ?? []) stream.wanted.delete(`user ${userId}`);
    for (const userId of users?.add ?? []) stream.wanted.add(`user ${userId}`);
    return {
      stream: stream.position,
      values: add.map(([pageId, name]) => this.store.value(`${name} ${pageId}`)),
      ...(pages && { pages: pages.add.map((ask) => this.store.unread.row(...ask)) }),
    };
  }

  private openStream(gateway: InstanceId): Stream {
    const url = this.urls.get(gateway) ?? '';
    const client = new SignedClient({ url, instance: this.instance, keyring: this.keyring });
    const stream = { client, wanted: new Set<string>(), position: 1, flying: false, again: false };
    this.streams.set(gateway, stream);
    return stream;
  }

  private changed(key: string): void {
    if (!this.pushes) return;
    for (const stream of this.streams.values())
      if (stream.wanted.has(key)) void this.fly(stream, key);
  }

  /** One push at a time; what changes meanwhile goes with the next, as it is then. */
  private async fly(stream: Stream, key: string): Promise<void> {
    if (stream.flying) {
      stream.again = true;
      return;
    }
    stream.flying = true;
    let keys: Iterable<string> = [key];
    do {
      stream.again = false;
      const from = stream.position;
      const pushed = await this.callPush(stream.client, {
        ...{ from, to: from + 1 },
        ...this.rowsOf([...keys]),
      });
      if (pushed.ok) stream.position = from + 1;
      keys = stream.wanted;
    } while (stream.again);
    stream.flying = false;
  }

  private rowsOf(keys: readonly string[]): Pick<PushRequest, 'values' | 'pages' | 'users'> {
    const named = (kind: string): string[] =>
      keys.filter((key) => key.startsWith(kind)).map((key) => key.slice(kind.length));
    return {
      values: keys
        .filter((key) => !key.startsWith('page ') && !key.startsWith('user '))
        .map((key) => this.store.value(key)),
      pages: named('page ').map((pageId) => this.store.unread.row(pageId, null)),
      users: named('user ') as ViewerId[],
    };
  }

  private callPush(
    client: SignedClient,
    body: PushRequest,
  ): Promise<Result<undefined, CallFailure>> {
    return client.call({ method: 'PUT', path: PATHS.push, body, answer: z.undefined() });
  }
}
