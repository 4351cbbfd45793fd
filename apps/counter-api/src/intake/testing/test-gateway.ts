import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import {
  Keyring,
  RequestVerifier,
  SignedClient,
  newInstance,
  systemIds,
} from '@headcount/platform';
import {
  PATHS,
  SIGNATURE_HEADERS,
  TO_UNKNOWN,
  decodeDatagram,
  encodeFeedDatagrams,
  feedAnswer,
  followsAnswer,
  goodbyeAnswer,
  interestAnswer,
  pushRequest,
  syncAnswer,
  titlesAnswer,
  trendingAnswer,
  withMac,
  type FeedSection,
  type HaveDatagram,
  type InstanceId,
  type PushRequest,
} from '@headcount/protocol';

/** The keys that the tests' gateways and counter-apis share. */
export const KEYS = [{ id: 'k1', secret: 'a-secret-of-the-test-itself' }];
export const BUCKETS = 1024;

/** A gateway that does only what the test says. */
export class TestGateway {
  readonly instance = newInstance(systemIds.instanceId());
  readonly keyring = new Keyring(KEYS, 'gateway');
  private readonly verifier = new RequestVerifier({ me: this.instance.id, keyring: this.keyring });
  readonly pushes: PushRequest[] = [];
  readonly haves: HaveDatagram[] = [];
  /** Status of the answers to pushes. */
  pushStatus = 204;
  private heartbeat = 0;
  private readonly client: SignedClient;
  private readonly server: Server;
  private readonly socket: Socket = createSocket('udp4');
  private port: number | null = null;

  constructor(url: string) {
    this.client = new SignedClient({ url, instance: this.instance, keyring: this.keyring });
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        if (this.pushStatus === 204)
          this.pushes.push(pushRequest.parse(JSON.parse(Buffer.concat(parts).toString())));
        const [status, instance] =
          request.headers[SIGNATURE_HEADERS.to] === TO_UNKNOWN
            ? [421, this.instance.id]
            : [this.pushStatus, undefined];
        const header = (name: string) => [request.headers[name]].flat()[0];
        const signature = this.verifier.signAnswer(header, { status, instance, body: '' });
        response.writeHead(status, {
          ...(instance !== undefined && { [SIGNATURE_HEADERS.instance]: instance }),
          ...(signature !== null && { [SIGNATURE_HEADERS.answer]: signature }),
        });
        response.end();
      });
    });
    this.socket.on('message', (bytes) => {
      const decoded = decodeDatagram(bytes, (keyId, signed, mac) =>
        this.keyring.verify(keyId, signed, mac),
      );
      if (decoded.ok && decoded.value.type === 'have') this.haves.push(decoded.value);
    });
  }
  async open(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    return this;
  }
  async close(): Promise<void> {
    await this.client.close();
    this.socket.close();
    this.server.closeAllConnections();
    this.server.close();
  }
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  async sync(versions: [number, number, string, number, number][] = [], more: object = {}) {
    this.heartbeat += 1;
    const body = {
      buckets: BUCKETS,
      url: this.url,
      heartbeat: this.heartbeat,
      versions,
      stream: null,
      ...more,
    };
    const answer = await this.client.call({
      method: 'POST',
      path: PATHS.sync,
      body,
      answer: syncAnswer,
    });
    if (answer.ok) this.port = answer.value.datagramPort;
    return answer;
  }
  feed(messages: object[]) {
    return this.client.call({
      method: 'POST',
      path: PATHS.feed,
      body: { messages },
      answer: feedAnswer,
    });
  }
  interest(add: [string, string][], more: object = {}) {
    const body = { whole: false, add, drop: [], ...more };
    return this.client.call({ method: 'POST', path: PATHS.interest, body, answer: interestAnswer });
  }
  trending(asks: [string, number, number][]) {
    const body = { asks };
    return this.client.call({ method: 'POST', path: PATHS.trending, body, answer: trendingAnswer });
  }
  follows(asks: [string, string, string | null][]) {
    return this.client.call({
      ...{ method: 'POST', path: PATHS.follows, body: { asks }, answer: followsAnswer },
    });
  }
  titles(pages: string[]) {
    return this.client.call({
      ...{ method: 'POST', path: PATHS.titles, body: { pages }, answer: titlesAnswer },
    });
  }
  /** Anything, to any address. */
  call(path: string, body: object) {
    return this.client.call({ method: 'POST', path, body, answer: z.unknown() });
  }
  goodbye() {
    return this.client.call({
      method: 'POST',
      path: PATHS.goodbye,
      body: {},
      answer: goodbyeAnswer,
    });
  }
  /** The counter-api that answered the last call. */
  get home(): InstanceId {
    if (this.client.receiver === null) throw new Error('nobody has answered yet');
    return this.client.receiver;
  }
  datagrams(sections: FeedSection[], receiver = this.home): Uint8Array[] {
    const route = { keyId: this.keyring.keyId, sender: this.instance.id, receiver };
    return encodeFeedDatagrams(route, sections, () => this.instance.nextNumber());
  }
  send(unsigned: Uint8Array, mac: Uint8Array = this.keyring.sign(unsigned)): void {
    this.sendRaw(withMac(unsigned, mac));
  }
  sendRaw(bytes: Uint8Array): void {
    this.socket.send(bytes, this.port ?? 0, '127.0.0.1');
  }
}
