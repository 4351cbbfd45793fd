/** One gateway: the real books of libs/gateway-core, on the virtual network. */
import {
  CounterValues,
  FeedBook,
  InterestBook,
  PresenceBook,
  PushStream,
  SyncExchange,
  type CounterId,
  type SocketId,
} from '@headcount/gateway-core';
import {
  PATHS,
  err,
  ok,
  type ErrorCode,
  type InstanceId,
  type PageId,
  type PushRequest,
  type Result,
  type ViewerId,
} from '@headcount/protocol';
import type { Deployment } from '../api/counter-api.js';
import type { Process } from '../core/process.js';
import { Counters, type ValueListener } from './counters.js';
import { HomeKeeper, type Home } from './home-keeper.js';
import { Uplink } from './uplink.js';

export interface GatewayOptions {
  readonly process: Process;
  readonly host: string;
  /** Hosts of the counter-apis, in the order of preference. */
  readonly counterApis: readonly string[];
  readonly deployment: Deployment;
  /** Brings a datagram to a host. */
  readonly send: (host: string, bytes: Uint8Array) => void;
}

export class Gateway {
  readonly instance: InstanceId;
  private readonly book = new PresenceBook();
  private readonly keeper: HomeKeeper;
  private readonly uplink: Uplink;
  private readonly counters: Counters;
  private stopping = false;

  constructor(private readonly options: GatewayOptions) {
    const { process, host, counterApis, deployment, send } = options;
    const { http, buckets, tickMs, syncMs } = deployment;
    this.instance = process.hex(32) as InstanceId;
    const caller = { process, instance: this.instance, host };
    const books = {
      feeds: new FeedBook(buckets, tickMs),
      values: new CounterValues(buckets),
      interest: new InterestBook(),
      stream: new PushStream(),
    };
    this.keeper = new HomeKeeper({
      process,
      clients: counterApis.map((api) => http.client(caller, api)),
      exchange: new SyncExchange(books, buckets),
      intervalMs: syncMs,
      url: host,
    });
    this.counters = new Counters({ process, keeper: this.keeper, ...books });
    this.uplink = new Uplink({
      ...{ process, instance: this.instance, feeds: books.feeds, keeper: this.keeper },
      send: (home: Home, bytes) => send(home.client.host, bytes),
    });
    http.listen(host, {
      process,
      instance: this.instance,
      serve: (path, body, from) => Promise.resolve(this.serve(path, body as PushRequest, from)),
    });
    this.keeper.start();
  }

  get process(): Process {
    return this.options.process;
  }

  /** Whether it takes new sockets. */
  get open(): boolean {
    return !this.stopping;
  }

  /** A session of a viewer begins on a page. */
  join(socket: SocketId, viewer: ViewerId, page: PageId): void {
    this.uplink.change(this.book.join(socket, viewer, page));
  }

  /** A session ends. */
  leave(socket: SocketId, page: PageId): void {
    this.uplink.change(this.book.leave(socket, page));
  }

  /** A socket ends. */
  leaveAll(socket: SocketId): void {
    this.uplink.change(this.book.leaveAll(socket));
  }

  /** Reads a counter; the result ends it. */
  watch(counter: CounterId, listener: ValueListener): () => void {
    return this.counters.watch(counter, listener);
  }

  datagram(bytes: Uint8Array): void {
    this.uplink.received(bytes);
  }

  /** Ends in the midst of its work. */
  crash(): void {
    this.process.crash();
    this.options.deployment.http.listen(this.options.host, null);
  }

  /** Ends in good order, its sockets having ended before. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.uplink.stop();
    await this.keeper.stop();
    await this.keeper.call(PATHS.goodbye, {});
    this.crash();
  }

  private serve(path: string, push: PushRequest, from: string): Result<unknown, ErrorCode> {
    if (path !== PATHS.push) return err('NOT_FOUND');
    if (!this.keeper.isHome(from)) return err('UNKNOWN_INSTANCE');
    this.counters.push(push);
    return ok(null);
  }
}
