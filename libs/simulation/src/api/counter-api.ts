/** One counter-api: the real stores, batcher, looker and sweeper over a Redis that is met through the network. */
import {
  ALL_CHANGES,
  AT_ONCE,
  COUNTER_API_REGISTRY,
  GATEWAY_REGISTRY,
  IncrementBatcher,
  RedisCounterStore,
  RedisModificationStore,
  RedisPresenceStore,
  RedisRegionRegistry,
  RedisRegionStore,
  RedisRegistryStore,
  RedisUpkeepStore,
  RedisVoteStore,
  ReplicaDurability,
  SeenPositions,
  type AddRefusal,
  type AuditDifference,
  type RegistryStore,
  type StoreContext,
  changesChannel,
  decodeChanges,
  decodeHead,
} from '@headcount/counter-store';
import { CounterCache, Gossip, Looker, Sweeper, Watch } from '@headcount/replication';
import {
  PATHS,
  bucketOf,
  err,
  ok,
  type CounterName,
  type DigestRequest,
  type ErrorCode,
  type InstanceId,
  type InterestRequest,
  type PageId,
  type PullRequest,
  type Result,
  type ViewerId,
} from '@headcount/protocol';
import type { Evidence } from '../check/evidence.js';
import type { Http } from '../core/http.js';
import type { Network } from '../core/network.js';
import type { Process } from '../core/process.js';
import { RedisConnection, type RedisConnectionOptions } from '../redis/redis-connection.js';
import type { RedisPart } from '../redis/redis-part.js';
import { CounterReaders, observedAdds } from './counter-readers.js';
import { Intake } from './intake.js';
import { Notifier } from './notifier.js';
import { peerWay } from './peer-ways.js';
import { pushWay } from './push-way.js';
import { Repairs, SET_PATH, type SetRequest } from './repairs.js';

/** So few that in a busy moment some have to wait. */
const PUSHES_PER_SECOND = 100;

/** More than readers ever want, for what is refused is not shown to them. */
const INTEREST_MAX = 1_000_000;

/** What is the same for all processes of a simulation. */
export interface Deployment {
  readonly network: Network;
  readonly http: Http;
  readonly buckets: number;
  readonly syncMs: number;
  readonly tickMs: number;
  readonly sweepMs: number;
  readonly zeroSeconds: number;
  /** How much one part of an answer to a peer may hold. */
  readonly parts: { readonly rowsMax: number; readonly recordsMax: number };
  /** Whether Redis answers for what it may still forget, or for what is on a replica. */
  readonly durability: 'memory' | 'replicas';
  /** Whether counter-apis keep in memory what is read again and again. */
  readonly cached: boolean;
  /** Region -> hosts of its counter-apis. */
  readonly regions: ReadonlyMap<string, readonly string[]>;
  /** Told where an audit finds a register that is not the sum of its entries. */
  readonly onDifferences: (region: string, differences: readonly AuditDifference[]) => void;
  /** Told of who is heard of, who looks, and whom a looker holds for dead. */
  readonly evidence: Evidence;
  readonly onDead: (looker: string, gateway: string) => void;
}

/** What a client may ask to be added. */
export interface LikeRequest {
  readonly pageId: PageId;
  readonly name: CounterName;
  readonly amount: number;
  readonly operationId: string | null;
}

/** What a voter may wish of the likes of a page; null: to take its vote back. */
export interface VoteRequest {
  readonly pageId: PageId;
  readonly voter: ViewerId;
  readonly choice: string | null;
}

/** Where voters vote; the answer is the vote after it. */
export const VOTE_PATH = '/vote';
/** Where clients write. */
export const LIKE_PATH = '/like';
/** Where clients read all counters of a bucket that they name. */
export const READ_PATH = '/read';

const COMMAND_TIMEOUT_MS = 1000;
const REPLICAS_TIMEOUT_MS = 1000;
const WRITE_DEADLINE_MS = 5000;
/** Fewer than there are counters at times, so that some are given up. */
const CACHED_MAX = 6;
const ID_LIMITS = { windowMs: 600_000, idsMax: 1000, idsPerViewerMax: 1000 };

export class CounterApi {
  readonly instance: InstanceId;
  private readonly commands: RedisConnection;
  private readonly subscriber: RedisConnection;
  private readonly counters: RedisCounterStore;
  private readonly batcher: IncrementBatcher;
  private readonly listener: RedisConnection | null;
  /** For the test of durability; null where there is none. */
  private readonly marks: RedisConnection | null;
  private readonly registry: RedisRegionRegistry;
  private readonly intake: Intake;
  /** Null where there is but one region. */
  private readonly gossip: Gossip | null;
  private readonly watch: Watch;
  private readonly readers: CounterReaders;
  private readonly notifier: Notifier;
  private readonly votes: RedisVoteStore;
  private readonly repairs: Repairs;

  constructor(
    readonly process: Process,
    readonly host: string,
    region: string,
    redis: RedisPart,
    private readonly deployment: Deployment,
  ) {
    const { network, http, buckets, tickMs, syncMs, sweepMs, regions, durability } = deployment;
    this.instance = process.hex(32) as InstanceId;
    const caller = { process, instance: this.instance, host };
    const connection = { network, redis, process, host, commandTimeoutMs: COMMAND_TIMEOUT_MS };
    this.commands = new RedisConnection({
      ...connection,
      onReady: () => undefined,
      onMessage: () => undefined,
    });
    this.subscriber = new RedisConnection({
      ...connection,
      onReady: () => this.watch.followers.hears(true),
      onLost: () => this.watch.followers.hears(false),
      onMessage: (channel, message) => this.watch.heard(decodeChanges(channel, message)),
    });
    this.marks =
      durability === 'memory'
        ? null
        : new RedisConnection({
            ...connection,
            commandTimeoutMs: 2 * REPLICAS_TIMEOUT_MS,
            onReady: () => undefined,
            onMessage: () => undefined,
          });
    const hasPeers = regions.size > 1;
    const context: StoreContext = {
      redis: this.commands.client,
      scriptClock: process.nowMs,
      sources: { nowMs: process.nowMs, randomHex: () => process.hex(8) },
      seen: new SeenPositions(),
      region: hasPeers ? region : '',
      durability: this.marks
        ? new ReplicaDurability(this.marks.client, 1, REPLICAS_TIMEOUT_MS)
        : AT_ONCE,
    };
    const presence = new RedisPresenceStore(context);
    const gateways = new RedisRegistryStore(context, GATEWAY_REGISTRY);
    const isReady = (): boolean => this.commands.status === 'ready';
    this.counters = new RedisCounterStore(context, ID_LIMITS);
    this.batcher = new IncrementBatcher({
      store: observedAdds(this.counters, (batch, added) => this.readers.demandOwn(batch, added)),
      isReady,
      instance: this.instance,
      buckets,
      deadlineMs: WRITE_DEADLINE_MS,
      timers: {
        nowMs: process.monotonicMs,
        afterTurn: (task) => void process.after(0, 'end of the turn', task),
        afterMs: (task, ms) => void process.after(ms, 'batcher goes on', task),
      },
    });
    this.notifier = new Notifier(context, this.batcher, { buckets, home: region });
    this.votes = new RedisVoteStore(context, { buckets });
    this.repairs = new Repairs(context, buckets, ID_LIMITS);
    const { client } = this.subscriber;
    this.watch = new Watch({
      ...{ buckets, tickMs, counters: this.counters, onPush: () => undefined },
      pushesPerSecond: PUSHES_PER_SECOND,
      interestMax: INTEREST_MAX,
      modifications: new RedisModificationStore(context, { buckets, home: region }),
      subscribe: (bucket) => client.subscribe(changesChannel(bucket)),
      unsubscribe: (bucket) => client.unsubscribe(changesChannel(bucket)),
      open: (url) => pushWay(http.client(caller, url)),
      timers: {
        nowMs: process.monotonicMs,
        afterTurn: (task) => void process.after(0, 'pushes at the end of the turn', task),
        afterMs: (task, ms) => {
          const timer = process.after(ms, 'push stream goes on', task);
          return () => timer.cancel();
        },
      },
    });
    const cache = new CounterCache({
      ...{ buckets, countersMax: CACHED_MAX, ageMsMax: 2 * syncMs },
      followers: this.watch.followers,
      seen: (bucket) => context.seen.of(bucket),
      nowMs: process.monotonicMs,
    });
    this.readers = new CounterReaders(this.counters, deployment.cached ? cache : null, process);
    this.intake = new Intake({
      ...{ process, instance: this.instance, region, buckets, presence, isReady },
      gateways: this.observed(gateways),
      ...{ seen: context.seen, watch: this.watch },
    });
    const sweeper = new Sweeper({
      buckets,
      auditEvery: 1,
      upkeep: new RedisUpkeepStore(context, deployment.zeroSeconds),
      onAudited: (_, { differences }) => deployment.onDifferences(region, differences),
    });
    const looker = new Looker({
      ...{ instance: this.instance, buckets, periodMs: syncMs, presence },
      gateways: this.observed(gateways),
      monotonicMs: process.monotonicMs,
      counterApis: new RedisRegistryStore(context, COUNTER_API_REGISTRY),
      stored: sweeper,
      onDead: (gateway) => {
        deployment.onDead(host, gateway);
        this.watch.close(gateway);
      },
      onReaped: (gateway, count) => process.world.note(`${host} reaps ${gateway} of ${count}`),
    });
    this.registry = new RedisRegionRegistry(context);
    const ways = [...regions].filter(([name]) => name !== region);
    this.gossip = !hasPeers
      ? null
      : new Gossip({
          ...{ region, instance: this.instance, buckets, periodMs: syncMs, tickMs },
          links: new Map(
            ways.map(([name, hosts]) => [
              name,
              peerWay(hosts.map((peer) => http.client(caller, peer))),
            ]),
          ),
          store: new RedisRegionStore(context, ID_LIMITS, deployment.parts),
          registry: this.registry,
          liveInstances: () => looker.living,
          timers: {
            nowMs: process.monotonicMs,
            sleep: (ms) => new Promise((done) => process.after(ms, 'gossip goes on', done)),
            random: process.draw,
          },
          wallMs: process.nowMs,
          onFailure: (peer, { code }) => process.world.note(`${host} has ${code} of ${peer}`),
          onParts: () => undefined,
        });
    this.listener = this.gossip && this.listen(connection, this.gossip);
    http.listen(host, {
      process,
      instance: this.instance,
      serve: (path, body, from) => this.serve(path, body, from),
    });
    process.every(syncMs, 'looks', () => void looker.look());
    process.every(syncMs, 'compares', () => this.watch.compareAll());
    process.every(sweepMs, 'sweeps', () => void (isReady() && sweeper.sweep()));
    this.gossip?.start();
  }

  /** A datagram has come; its answer, if any, goes back by the same way. */
  datagram(bytes: Uint8Array, answer: (bytes: Uint8Array) => void): void {
    const have = this.intake.datagram(bytes).catch(() => null);
    void have.then((made) => made !== null && answer(made));
  }

  /** An operator takes a region out of service, as soon as it is stale; whether he has. */
  retire(region: string): boolean {
    const { registry, process, gossip } = this;
    if (!gossip || gossip.watch.retired.has(region)) return true;
    if (gossip.watch.regions.get(region)?.stale) {
      const retired = registry.retire({ region, atMs: process.nowMs(), by: 'operator' });
      void retired.then(() => gossip.watch.look()).catch(() => undefined);
    }
    return false;
  }

  /** The same registry, of whose use the checkers are told. */
  private observed(registry: RegistryStore): RegistryStore {
    const { evidence } = this.deployment;
    return {
      beat: async (gateway, heartbeat) => {
        await registry.beat(gateway, heartbeat);
        evidence.hears(gateway);
      },
      look: async () => {
        const seen = await registry.look();
        evidence.looked(this.host);
        return seen;
      },
      forget: (gateway, heartbeat) => registry.forget(gateway, heartbeat),
    };
  }

  /** Ends in the midst of its work. */
  crash(): void {
    this.process.crash();
    this.commands.close();
    this.subscriber.close();
    this.listener?.close();
    this.marks?.close();
    this.deployment.http.listen(this.host, null);
  }

  private async serve(
    path: string,
    body: unknown,
    from: string,
  ): Promise<Result<unknown, ErrorCode>> {
    try {
      if (path === LIKE_PATH) return await this.like(body as LikeRequest);
      if (path === VOTE_PATH) return await this.vote(body as VoteRequest);
      if (path === SET_PATH) return await this.repairs.set(body as SetRequest);
      if (path === READ_PATH) return ok(await this.read(body as ReadRequest));
      if (path === PATHS.interest) this.readers.interest((body as InterestRequest).add);
      const notified = this.notifier.serve(path, body);
      if (notified) return await notified;
      const { gossip } = this;
      if (gossip && path === PATHS.digest)
        return await gossip.answers.digest(body as DigestRequest);
      if (gossip && path === PATHS.pull) return await gossip.answers.pull(body as PullRequest);
      return (await this.intake.serve(path, body, from)) ?? err('NOT_FOUND');
    } catch {
      return err('STORE_UNAVAILABLE');
    }
  }

  /** Hears every bucket, for peers that ask what has changed. */
  private listen(
    connection: Pick<RedisConnectionOptions, 'network' | 'redis' | 'process' | 'host'> & {
      readonly commandTimeoutMs: number;
    },
    { standings }: Gossip,
  ): RedisConnection {
    const listener = new RedisConnection({
      ...connection,
      onReady: () => undefined,
      onMessage: (channel, message) => {
        const head = decodeHead(channel, message);
        standings.published(head.bucket, head);
      },
    });
    const subscribe = (): void => {
      // The start would have failed; here it is tried again.
      listener.client.psubscribe(ALL_CHANGES).catch(() => {
        this.process.after(COMMAND_TIMEOUT_MS, 'subscribes again', subscribe);
      });
    };
    subscribe();
    return listener;
  }

  private async like(request: LikeRequest): Promise<Result<number, ErrorCode>> {
    this.readers.interest([[request.pageId, request.name]]);
    const added: Result<unknown, AddRefusal> = await this.batcher.add(request);
    return added.ok ? ok(request.amount) : err(added.error);
  }

  private async vote({ pageId, voter, choice }: VoteRequest): Promise<Result<unknown, ErrorCode>> {
    const bucket = bucketOf(pageId, this.deployment.buckets);
    const wish = choice === null ? ('take back' as const) : { choice };
    const change = { pageId, name: 'likes' as CounterName, voter, wish };
    const made = await this.votes.change(bucket, [change]).catch(() => null);
    const [one] = made?.changed ?? [];
    return one === undefined ? err('OUTCOME_UNKNOWN') : ok(one.vote);
  }

  private async read({ bucket, counters }: ReadRequest) {
    return this.readers.read(bucket, counters);
  }
}

/** What READ_PATH is asked. */
export interface ReadRequest {
  readonly bucket: number;
  readonly counters: readonly { readonly pageId: PageId; readonly name: CounterName }[];
}
