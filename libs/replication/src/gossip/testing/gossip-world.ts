/** Regions in memory that gossip over a network which can be cut, on one virtual clock, and what is true of them. */
import {
  Incarnations,
  ModelRegionStore,
  shown,
  type ModelBucket,
} from '@headcount/counter-store/testing';
import { VirtualClock } from '@headcount/testing';
import {
  digestAnswer,
  digestRequest,
  err,
  ok,
  pullAnswer,
  pullRequest,
  type Result,
} from '@headcount/protocol';
import { Gossip } from '../gossip.js';
import type { LinkFailure, PeerLink } from '../peer-link.js';
import { MemoryRegionRegistry } from './memory-region-registry.js';

export interface WorldOptions {
  /** Region -> those that it pulls from. */
  readonly peers: Readonly<Record<string, readonly string[]>>;
  readonly buckets: number;
  /** Of each region. */
  readonly counterApis?: number;
  /** Whether they see each other; else each thinks that it owns everything, which they may for a while. */
  readonly areSeen?: boolean;
  readonly random?: () => number;
  readonly periodMs?: number;
}

export interface Region {
  readonly store: ModelRegionStore;
  readonly registry: MemoryRegionRegistry;
  readonly gossips: Gossip[];
  /** `bucket key` -> viewers, as the region's gateways will say again after a loss. */
  readonly viewers: Map<string, number>;
  saved: ModelBucket[];
}

/** What becomes of messages on their way. */
export interface Weather {
  /** Share of the requests, and of the answers, that never arrive. */
  readonly loss: number;
  /** Share of the requests that arrive twice, and of the pulled parts that do so, once more after all of them. */
  readonly repeat: number;
  /** A message takes up to this on top of `delayMs`, in milliseconds. */
  readonly delayMsMax: number;
}

interface Schema<Message> {
  parse(raw: unknown): Message;
}

/** Throws where the receiver would refuse it. */
const overWire = <Message>(schema: Schema<Message>, message: Message): Message =>
  schema.parse(JSON.parse(JSON.stringify(message)));

export const PERIOD_MS = 2000;
export const CALM: Weather = { loss: 0, repeat: 0, delayMsMax: 0 };
const UNREACHABLE: LinkFailure = { code: 'UNREACHABLE', detail: 'cut' };
/** How long one waits for what is lost, in milliseconds. */
const PATIENCE_MS = 3000;

export class GossipWorld {
  readonly clock = new VirtualClock(1_000_000);
  readonly regions = new Map<string, Region>();
  readonly failures: string[] = [];
  /** Directed pairs `from>to` that nothing passes. */
  readonly cuts = new Set<string>();
  /** Directed pairs `from>to` whose pulls fail, while digests get through. */
  readonly stingy = new Set<string>();
  weather = CALM;
  /** How long a message takes, in milliseconds. */
  delayMs = 5;
  /** How long an answer to a pull takes on top of that. */
  pullDelayMs = 0;
  /** Parts that fit into an answer. */
  partsMax = Infinity;
  /** What was asked. */
  readonly asked = { digests: 0, pulls: 0 };
  /** Buckets asked for by each counter-api, `region place`. */
  readonly pulled = new Map<string, Set<number>>();

  private readonly random: () => number;

  constructor(private readonly options: WorldOptions) {
    this.random = options.random ?? (() => 0.5);
    const incarnations = new Incarnations();
    for (const name of Object.keys(options.peers))
      this.regions.set(name, this.region(name, incarnations));
  }

  at(name: string): Region {
    const region = this.regions.get(name);
    if (!region) throw new Error(`no region ${name}`);
    return region;
  }

  start(): void {
    for (const { gossips } of this.regions.values()) for (const gossip of gossips) gossip.start();
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
  }

  async stop(): Promise<void> {
    let isStopped = false;
    const all = [...this.regions.values()].flatMap(({ gossips }) =>
      gossips.map((one) => one.stop()),
    );
    void Promise.all(all).then(() => (isStopped = true));
    while (!isStopped) await this.pass(PERIOD_MS);
  }

  setViewers(name: string, bucket: number, key: string, viewers: number): void {
    const region = this.at(name);
    region.viewers.set(`${bucket} ${key}`, viewers);
    if (!region.store.away) region.store.setViewers(bucket, key, viewers);
  }

  /** What the region's gateways do at their next sync. */
  restate(name: string): void {
    const { store, viewers } = this.at(name);
    for (const [place, count] of viewers) {
      const [bucket = '', key = ''] = place.split(' ');
      store.setViewers(Number(bucket), key, count);
    }
  }

  /** What a region shows of a counter. */
  shown(name: string, bucket: number, key: string): { likes: number; viewers: number } {
    const { durable, viewers } = shown(this.at(name).store.peek(bucket), key);
    return { likes: durable, viewers };
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((done) => void this.clock.setTimeout(done, ms));
  }

  private region(name: string, incarnations: Incarnations): Region {
    const { buckets, counterApis = 1, areSeen = false, peers, periodMs = PERIOD_MS } = this.options;
    const gossips: Gossip[] = [];
    const store = new ModelRegionStore({
      ...{ region: name, buckets, incarnations },
      onChange: (bucket, incarnation, rev) => {
        for (const { standings } of gossips) standings.published(bucket, { incarnation, rev });
      },
    });
    const registry = new MemoryRegionRegistry(() => store.away, this.clock.nowMs);
    const instances = Array.from({ length: counterApis }, (_, place) =>
      `${name.charCodeAt(0).toString(16)}${place}`.padEnd(32, '0'),
    );
    for (const [place, instance] of instances.entries()) {
      const links = (peers[name] ?? []).map(
        (peer) => [peer, this.link(name, peer, place)] as const,
      );
      gossips.push(
        new Gossip({
          region: name,
          instance,
          buckets,
          links: new Map(links),
          store,
          registry,
          liveInstances: () => (areSeen ? instances : []),
          periodMs,
          tickMs: 100,
          timers: {
            nowMs: this.clock.nowMs,
            sleep: (ms) => this.sleep(ms),
            random: this.random,
          },
          wallMs: this.clock.nowMs,
          onFailure: (peer, { code, detail }) =>
            this.failures.push(`${name}<${peer} ${code} ${detail}`),
          onParts: () => undefined,
        }),
      );
    }
    return { store, registry, gossips, viewers: new Map(), saved: store.snapshot() };
  }

  /** One way of a message; false: it never comes. */
  private async arrives(from: string, to: string): Promise<boolean> {
    const { loss, delayMsMax } = this.weather;
    await this.sleep(this.delayMs + Math.floor(this.random() * delayMsMax));
    if (this.cuts.has(`${from}>${to}`)) return false;
    if (this.random() >= loss) return true;
    await this.sleep(PATIENCE_MS);
    return false;
  }

  /** As over HTTP: JSON that its schema lets through, a delay each way, and silence or an error where it is cut. */
  private link(from: string, to: string, place: number): PeerLink {
    const call = async <Request, Answer>(
      schemas: readonly [Schema<Request>, Schema<Answer>],
      request: Request,
      answer: (gossip: Gossip, request: Request) => Promise<Result<Answer, string>>,
    ): Promise<Result<Answer, LinkFailure>> => {
      if (!(await this.arrives(from, to))) return err(UNREACHABLE);
      const { gossips } = this.at(to);
      const gossip = gossips[place % gossips.length];
      if (!gossip) return err(UNREACHABLE);
      try {
        const asked = (): Promise<Result<Answer, string>> =>
          answer(gossip, overWire(schemas[0], request));
        const isRepeated = this.random() < this.weather.repeat;
        const [answered] = await Promise.all([asked(), isRepeated ? asked() : null]);
        // Where it is cut or lost by now, the other side did its part all the same.
        if (!(await this.arrives(from, to))) return err(UNREACHABLE);
        if (!answered.ok) return err({ code: answered.error, detail: '' });
        return ok(overWire(schemas[1], answered.value));
      } catch (cause) {
        return err({ code: 'STORE_UNAVAILABLE', detail: String(cause) });
      }
    };
    return {
      digest: (request) => {
        this.asked.digests += 1;
        return call([digestRequest, digestAnswer], request, (gossip, asked) =>
          gossip.answers.digest(asked),
        );
      },
      pull: (request) => {
        this.asked.pulls += 1;
        const who = `${from} ${place}`;
        const before = this.pulled.get(who) ?? [];
        this.pulled.set(who, new Set([...before, ...request.asks.map(({ bucket }) => bucket)]));
        if (this.stingy.has(`${from}>${to}`)) return Promise.resolve(err(UNREACHABLE));
        return call([pullRequest, pullAnswer], request, async (gossip, asked) => {
          const answer = await gossip.answers.pull(asked);
          await this.sleep(this.pullDelayMs);
          if (!answer.ok) return answer;
          const parts = answer.value.parts.slice(0, this.partsMax);
          return ok({
            parts: [...parts, ...parts.filter(() => this.random() < this.weather.repeat)],
          });
        });
      },
    };
  }
}
