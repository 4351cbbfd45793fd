import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisServer } from './start-redis.js';

/** A copy of a Redis' append-only file, as an operator's backup has it. */
export class RedisBackup {
  private constructor(
    private readonly redis: RedisServer,
    private readonly dir: string,
  ) {}

  /** Copies the files while Redis runs. A last command that is half written is dropped by Redis when it loads them. */
  static async of(redis: RedisServer): Promise<RedisBackup> {
    const dir = await mkdtemp(join(tmpdir(), 'headcount-backup-'));
    await cp(join(redis.dir, FOLDER), join(dir, FOLDER), { recursive: true });
    return new RedisBackup(redis, dir);
  }

  /** Kills Redis, puts the older files back and starts it with them: what was written since is gone. */
  async putBack(): Promise<void> {
    await this.redis.kill9();
    const place = join(this.redis.dir, FOLDER);
    await rm(place, { recursive: true });
    await cp(join(this.dir, FOLDER), place, { recursive: true });
    await this.redis.restart();
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}

const FOLDER = 'appendonlydir';
