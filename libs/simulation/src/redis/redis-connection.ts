/**
 * A connection to a Redis, with what ioredis shows of it: commands by their names, replies in order, a status, and
 * silence or an end when the network is cut. A command may be carried out though its sender has given it up.
 */
import type { Redis } from 'ioredis';
import type { Network } from '../core/network.js';
import { Pipe } from '../core/pipe.js';
import type { Process } from '../core/process.js';
import type { Planned } from '../core/world.js';
import type { Argument, Publication } from './real-redis.js';
import type { RedisPart } from './redis-part.js';
import { RedisError } from './resp.js';

export interface RedisConnectionOptions {
  readonly network: Network;
  readonly redis: RedisPart;
  readonly process: Process;
  readonly host: string;
  readonly commandTimeoutMs: number;
  /** Told when it is ready again. */
  readonly onReady: () => void;
  /** Told when it is so no longer. */
  readonly onLost?: () => void;
  /** Told of publications in the channels that are subscribed to. */
  readonly onMessage: (channel: string, message: string) => void;
}

interface Pending {
  readonly untilMs: number;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** There is no reply yet. */
const LATER = Symbol('LATER');
const RECONNECT_MS = 50;
/** Of the cuts that a connection lives through, how many it notices at once. */
const BROKEN_BY_CUT = 0.5;

export class RedisConnection {
  /** For the stores. */
  readonly client: Redis;
  private ready = true;
  private readonly pending = new Set<Pending>();
  private readonly channels = new Set<string>();
  private readonly patterns = new Set<RegExp>();
  private readonly requests: Pipe;
  private readonly replies: Pipe;
  private timeout: Planned | null = null;
  private readonly forgetNetwork: () => void;

  constructor(private readonly options: RedisConnectionOptions) {
    const { network, redis, process, host } = options;
    const { world } = redis;
    this.requests = new Pipe({
      world,
      receiver: () => redis.process,
      delayMs: () => network.delayMs(host, redis.host),
      isOpen: () => !network.isCut(host, redis.host),
    });
    this.replies = new Pipe({
      world,
      receiver: () => process,
      delayMs: () => network.delayMs(redis.host, host),
      isOpen: () => !network.isCut(redis.host, host),
    });
    redis.join(this);
    this.forgetNetwork = network.onChange(() => this.networkChanged());
    this.client = clientOf(this);
  }

  get status(): 'ready' | 'reconnecting' {
    return this.ready ? 'ready' : 'reconnecting';
  }

  /** Sends a command. Rejects as ioredis does: at once while it is away, else when it is lost or late. */
  command(name: string, args: readonly Argument[]): Promise<unknown> {
    if (!this.ready) return Promise.reject(new Error('the connection is gone'));
    const { redis, commandTimeoutMs, host } = this.options;
    return new Promise((resolve, reject) => {
      const untilMs = redis.world.nowMs + commandTimeoutMs;
      const pending: Pending = { untilMs, resolve, reject };
      this.pending.add(pending);
      this.awaitTimeout();
      this.requests.put(`redis ${name} ${args[1] ?? ''} of ${host}`, async () => {
        const reply = await this.carryOut(name, args);
        if (reply === LATER) return this.awaitReplica(pending, args);
        return this.replies.put(`reply to ${name}`, () => this.settle(pending, reply));
      });
    });
  }

  /** Redis publishes. */
  publish({ channel, message }: Publication): void {
    if (!this.ready) return;
    const isWanted = [...this.patterns].some((pattern) => pattern.test(channel));
    if (!isWanted && !this.channels.has(channel)) return;
    this.replies.put(`hears ${channel}`, () => this.options.onMessage(channel, message));
  }

  /** The connection ends, with all that was under way; it is made anew as soon as that can be. */
  reset(): void {
    if (!this.ready) return;
    this.ready = false;
    this.requests.clear();
    this.replies.clear();
    const { pending } = this;
    for (const { reject } of pending) reject(new Error('the connection has ended'));
    pending.clear();
    this.options.onLost?.();
    this.reconnect();
  }

  /** Its process has died. What it has sent by then is carried out all the same. */
  close(): void {
    this.ready = false;
    this.forgetNetwork();
    this.options.redis.leave(this);
    this.replies.clear();
  }

  private async carryOut(name: string, args: readonly Argument[]): Promise<unknown> {
    const { redis } = this.options;
    switch (name) {
      case 'wait':
        return redis.lags ? LATER : Number(args[0]);
      case 'subscribe':
        this.channels.add(String(args[0]));
        return 1;
      case 'unsubscribe':
        this.channels.delete(String(args[0]));
        return 1;
      case 'psubscribe':
        this.patterns.add(patternOf(String(args[0])));
        return 1;
      default:
        return redis.execute(name, args);
    }
  }

  /** WAIT is answered at its own deadline with how many replicas have come up by then. */
  private awaitReplica(pending: Pending, args: readonly Argument[]): void {
    const { redis } = this.options;
    const { life } = redis;
    redis.world.after(Number(args[1]), redis.process, 'WAIT ends', () => {
      // Whoever waits is sent away when its Redis becomes another one.
      const reached = redis.lags || redis.life !== life ? 0 : Number(args[0]);
      this.replies.put('reply to wait', () => this.settle(pending, reached));
    });
  }

  private settle(pending: Pending, reply: unknown): void {
    if (!this.pending.delete(pending)) return;
    if (reply instanceof RedisError) pending.reject(reply);
    else pending.resolve(reply);
  }

  private awaitTimeout(): void {
    const [oldest] = this.pending;
    if (oldest === undefined || this.timeout !== null) return;
    const { process, redis } = this.options;
    this.timeout = process.after(oldest.untilMs - redis.world.nowMs, 'commands time out', () => {
      this.timeout = null;
      for (const pending of [...this.pending]) {
        if (pending.untilMs > redis.world.nowMs) break;
        this.pending.delete(pending);
        pending.reject(new Error('the command timed out'));
      }
      this.awaitTimeout();
    });
  }

  private networkChanged(): void {
    this.requests.kick();
    this.replies.kick();
    const isBroken = this.isCut() && this.ready && this.options.network.draw(BROKEN_BY_CUT);
    if (isBroken) this.reset();
  }

  private isCut(): boolean {
    const { network, redis, host } = this.options;
    return network.isCut(host, redis.host) || network.isCut(redis.host, host);
  }

  private reconnect(): void {
    const { process, redis, onReady } = this.options;
    process.after(RECONNECT_MS, 'connects to redis', () => {
      if (this.isCut() || !redis.reachable || redis.process.paused) return this.reconnect();
      this.ready = true;
      onReady();
    });
  }
}

/** An object on which every name is a command. */
function clientOf(connection: RedisConnection): Redis {
  const commands = new Map<string | symbol, (...args: Argument[]) => Promise<unknown>>();
  const client = new Proxy(
    {},
    {
      get(_, name): unknown {
        if (name === 'status') return connection.status;
        // A promise must not take the client for one of its kind.
        if (name === 'then' || typeof name === 'symbol') return undefined;
        let command = commands.get(name);
        if (command === undefined) {
          command = (...args) => connection.command(name, args.flat());
          commands.set(name, command);
        }
        return command;
      },
    },
  );
  return client as Redis;
}

/** A pattern of PSUBSCRIBE in which only `*` means more than itself. */
function patternOf(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
