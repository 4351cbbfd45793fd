/**
 * A private Redis that the scripts run on, over one connection: what a script publishes comes back on that same
 * connection before its reply (RESP3), so it is known without asking, and in one order.
 */
import { connect, type Socket } from 'node:net';
import { commandConnection } from '@headcount/counter-store';
import { startRedis, type RedisServer } from '@headcount/testing';
import { Push, RedisError, RespReader, encodeCommand } from './resp.js';

/** All keys with their serialised values. */
export type Snapshot = readonly { readonly key: string; readonly value: string }[];

/** A message to whoever has subscribed. */
export interface Publication {
  readonly channel: string;
  readonly message: string;
}

export type Argument = string | number;

/** Changes a script before it is loaded, as one that plants mistakes does; gives its source. */
export type ScriptChange = (name: string, source: string) => string;

export class RealRedis {
  private readonly reader = new RespReader();
  private readonly waiting: ((reply: unknown) => void)[] = [];
  private published: Publication[] = [];
  private readonly shas = new Map<string, string>();

  private constructor(
    private readonly server: RedisServer,
    private readonly socket: Socket,
  ) {
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      for (const value of this.reader.take(chunk)) this.take(value);
    });
  }

  /** Starts a server that keeps nothing on disk, and makes it know every script. */
  static async start(change: ScriptChange = (_, source) => source): Promise<RealRedis> {
    const server = await startRedis({
      listen: 'unix',
      args: ['--appendonly', 'no', '--save', '', '--enable-debug-command', 'yes'],
    });
    const socket = connect({ path: server.socketPath ?? '' });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const redis = new RealRedis(server, socket);
    await redis.ask('HELLO', '3');
    await redis.ask('PSUBSCRIBE', '*');
    for (const [name, { lua }] of Object.entries(scriptsOf(server.url))) {
      redis.shas.set(name, String(await redis.ask('SCRIPT', 'LOAD', change(name, lua))));
    }
    return redis;
  }

  /** Runs one command. Rejects with RedisError. */
  async ask(...args: readonly Argument[]): Promise<unknown> {
    const [reply] = await this.callAll([args]);
    if (reply instanceof RedisError) throw reply;
    return reply;
  }

  /** Runs commands in one go; a RedisError stands for the reply of one that failed. */
  callAll(commands: readonly (readonly Argument[])[]): Promise<unknown[]> {
    if (commands.length === 0) return Promise.resolve([]);
    return new Promise((resolve) => {
      const replies: unknown[] = [];
      const take = (reply: unknown): void => {
        if (replies.push(reply) === commands.length) resolve(replies);
      };
      for (let count = commands.length; count > 0; count -= 1) this.waiting.push(take);
      this.socket.write(commands.map(encodeCommand).join(''), 'latin1');
    });
  }

  /** Runs a command or a script by its name, as a connection of counter-store knows it. */
  run(name: string, args: readonly Argument[]): Promise<unknown> {
    const sha = this.shas.get(name);
    return sha === undefined ? this.ask(name, ...args) : this.ask('EVALSHA', sha, ...args);
  }

  /** What was published since this was asked last. */
  takePublished(): readonly Publication[] {
    const { published } = this;
    this.published = [];
    return published;
  }

  async snapshot(): Promise<Snapshot> {
    const keys = ((await this.ask('KEYS', '*')) as string[]).sort();
    const values = (await this.callAll(keys.map((key) => ['DUMP', key]))) as string[];
    return keys.map((key, at) => ({ key, value: values[at] ?? '' }));
  }

  /** Goes back to an earlier state. */
  async restore(snapshot: Snapshot): Promise<void> {
    await this.callAll([
      ['FLUSHALL'],
      ...snapshot.map(({ key, value }) => ['RESTORE', key, 0, value]),
    ]);
  }

  /** What a restart and a promotion change. */
  async renewReplicationId(): Promise<void> {
    await this.ask('DEBUG', 'CHANGE-REPL-ID');
  }

  async flush(): Promise<void> {
    await this.ask('FLUSHALL');
  }

  async stop(): Promise<void> {
    this.socket.destroy();
    await this.server.stop();
  }

  private take(value: unknown): void {
    if (!(value instanceof Push)) return this.waiting.shift()?.(value);
    const [kind, , channel, message] = value.parts as string[];
    if (kind === 'pmessage')
      this.published.push({ channel: channel ?? '', message: message ?? '' });
    // PSUBSCRIBE is answered with a push, and with nothing else.
    if (kind === 'psubscribe') this.waiting.shift()?.(channel);
  }
}

/** The scripts that a real connection is made with. */
function scriptsOf(redisUrl: string): Record<string, { lua: string }> {
  const { scripts } = commandConnection({ redisUrl, commandTimeoutMs: 1000 }).options;
  return (scripts ?? {}) as Record<string, { lua: string }>;
}
