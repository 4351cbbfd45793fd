import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { redisReply, type RedisAddress } from './redis-reply.js';
import { spawnTied, type TiedProcess } from './tied-process.js';
import { until } from './until.js';

/** What a private Redis may differ in. */
export interface RedisOptions {
  /** `tcp` (default): a free port of 127.0.0.1, so that a proxy can stand before it. `unix`: a socket in `dir`. */
  readonly listen?: 'tcp' | 'unix';
  /** A fixed port instead of a free one. Only with `tcp`. */
  readonly port?: number;
  /** An existing data folder, which is kept at the end. Default: a new one under the system's temporary folder, removed at the end. */
  readonly dir?: string;
  /** More of redis-server's settings, e.g. `['--appendfsync', 'everysec']`; a later one wins over the defaults. */
  readonly args?: readonly string[];
}

const READY_MS_MAX = 10_000;

/**
 * Starts a redis-server of the test's own and waits until it answers PING. It keeps every write (`appendonly yes`,
 * `appendfsync always`), evicts nothing, and ends with this process, however that ends. Cost: about 20 ms.
 * Rejects with Redis' own words if it does not come up, and with a sentence if redis-server is not installed.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'headcount-redis-')));
  const keepDir = options.dir !== undefined;
  // A free port may be taken between the look and Redis' bind, so a port of our own choice gets a second chance.
  const triesMax = options.port === undefined ? 3 : 1;
  for (let tries = 1; ; tries += 1) {
    const address =
      options.listen === 'unix'
        ? { path: join(dir, 'redis.sock') }
        : { port: options.port ?? (await freePort()) };
    const server = new RedisServer(address, dir, keepDir, options.args ?? []);
    try {
      await server.restart();
      return server;
    } catch (error) {
      const lostRace = error instanceof Error && error.message.includes('Address already in use');
      if (lostRace && tries < triesMax) continue;
      await server.stop();
      throw error;
    }
  }
}

/** A private redis-server: always the same folder and address, though its process may change. */
export class RedisServer {
  /** For ioredis and REDIS_URL: `redis://127.0.0.1:port` or `unix:///path`. */
  readonly url: string;
  /** 0 if it listens on a Unix socket. */
  readonly port: number;
  /** Undefined if it listens on a port. */
  readonly socketPath: string | undefined;
  private process: TiedProcess | undefined;

  /** Use {@link startRedis}; this starts nothing. */
  constructor(
    private readonly address: RedisAddress,
    readonly dir: string,
    private readonly keepDir: boolean,
    private readonly args: readonly string[],
  ) {
    this.port = 'port' in address ? address.port : 0;
    this.socketPath = 'path' in address ? address.path : undefined;
    this.url = 'path' in address ? `unix://${address.path}` : `redis://127.0.0.1:${address.port}`;
  }

  /** Process id of the redis-server that runs now. Throws if none does. */
  get pid(): number {
    if (this.process === undefined) throw new Error('This Redis does not run');
    return this.process.pid;
  }

  /** Kills Redis in the midst of its work (SIGKILL) and waits for its end. */
  async kill9(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops Redis if it runs, and starts it with the same data and address. Rejects with Redis' words if it does not come up. */
  async restart(): Promise<void> {
    await this.end('SIGTERM');
    const logPath = join(this.dir, 'redis.log');
    const log = await open(logPath, 'w');
    try {
      this.process = await spawnTied('redis-server', this.settings(), {
        stdio: ['ignore', log.fd, log.fd],
        ...(this.keepDir ? {} : { folder: this.dir }),
      });
    } finally {
      await log.close();
    }
    const { process } = this;
    let ended = false;
    void process.exited.then(() => (ended = true));
    await until(async () => ended || (await this.answeringPid()) === process.pid, {
      what: `Redis at ${this.url} to answer`,
      timeoutMs: READY_MS_MAX,
      everyMs: 5,
    });
    if (!ended) return;
    this.process = undefined;
    throw new Error(`Redis did not start: ${await readFile(logPath, 'utf8')}`);
  }

  /** Empties all databases, as an operator's FLUSHALL would. */
  async flush(): Promise<void> {
    const answer = await redisReply(this.address, 'FLUSHALL');
    if (answer !== 'OK') throw new Error(`FLUSHALL was refused: ${answer}`);
  }

  /** Ends Redis and removes its folder, if that is a temporary one. May be called more than once. */
  async stop(): Promise<void> {
    await this.end('SIGKILL');
    if (!this.keepDir) await rm(this.dir, { recursive: true, force: true });
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { process } = this;
    this.process = undefined;
    await process?.end(signal);
  }

  /** Who answers at the address: a Redis that was there before ours would answer a PING just as well. */
  private async answeringPid(): Promise<number> {
    const info = await redisReply(this.address, 'INFO server');
    return Number(/process_id:(\d+)/.exec(info)?.[1]);
  }

  private settings(): string[] {
    const settings: Readonly<Record<string, string>> = {
      ...('path' in this.address
        ? { port: '0', unixsocket: this.address.path }
        : { port: String(this.address.port), bind: '127.0.0.1' }),
      dir: this.dir,
      appendonly: 'yes',
      appendfsync: 'always',
      save: '',
      'maxmemory-policy': 'noeviction',
      // Tests freeze the server (DEBUG SLEEP) and reload it (DEBUG RELOAD).
      'enable-debug-command': 'local',
    };
    return [
      ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      ...this.args,
    ];
  }
}
