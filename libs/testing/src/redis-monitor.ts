import { Redis } from 'ioredis';

/** Calls that clients make of a Redis, as it sees them itself. */
export class RedisMonitor {
  private readonly seen: (readonly string[])[] = [];
  private marks = 0;

  private constructor(
    private readonly redis: Redis,
    private readonly monitor: Redis,
  ) {
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      // What a script does is part of the script.
      if (source !== 'lua') this.seen.push(args);
    });
  }

  /** Watches the Redis at `url`, until it is closed. */
  static async start(url: string): Promise<RedisMonitor> {
    const redis = new Redis(url);
    return new RedisMonitor(redis, await redis.monitor());
  }

  /** Does a task, and tells the calls that were made meanwhile: each its command and arguments. */
  async during<T>(task: () => Promise<T>): Promise<{ calls: (readonly string[])[]; done: T }> {
    await this.mark();
    const from = this.seen.length;
    const done = await task();
    return { done, calls: this.seen.slice(from, await this.mark()) };
  }

  close(): void {
    this.monitor.disconnect();
    this.redis.disconnect();
  }

  /** Resolves once all calls before this one have been seen, with how many there were. */
  private async mark(): Promise<number> {
    const text = `monitor mark ${(this.marks += 1)}`;
    const isMark = ([command, argument]: string[]): boolean =>
      command?.toLowerCase() === 'echo' && argument === text;
    const seen = new Promise<number>((resolve) => {
      const look = (_time: string, args: string[]): void => {
        if (!isMark(args)) return;
        this.monitor.off('monitor', look);
        resolve(this.seen.length - 1);
      };
      this.monitor.on('monitor', look);
    });
    await this.redis.echo(text);
    return seen;
  }
}
