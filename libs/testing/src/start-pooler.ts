import { chownSync, existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';
import { answersQueries } from './start-database.js';
import { spawnTied } from './tied-process.js';
import { until } from './until.js';

/** A PgBouncer of the test's own before a database; it ends with this process. */
export interface Pooler {
  readonly url: string;
  stop(): Promise<void>;
}

/** PgBouncer refuses to run as root, as PostgreSQL does. */
const NOBODY = 65_534;

/** Starts PgBouncer, as it is set up by default but for its mode. Rejects with a sentence where it is not installed. */
export async function startPooler(
  databasePort: number,
  mode: 'session' | 'transaction',
): Promise<Pooler> {
  const dir = await mkdtemp(join(tmpdir(), 'headcount-pooler-'));
  const port = await freePort();
  const file = join(dir, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=127.0.0.1 port=${databasePort}`,
    '[pgbouncer]',
    `pool_mode = ${mode}`,
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    // One that gives itself another server connection with each transaction finds what is kept from one to the next.
    'server_round_robin = 1',
    'default_pool_size = 4',
    'min_pool_size = 4',
  ];
  // With `any` the user of the database is that of the file.
  lines[1] += ' user=postgres';
  await writeFile(file, `${lines.join('\n')}\n`);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [dir, file]) chownSync(path, NOBODY, NOBODY);
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const options = { ...user, cwd: dir, folder: dir, stdio: 'ignore' as const };
  const server = await spawnTied(programAt(), [file], options);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const stop = async () => {
    await server.end('SIGQUIT');
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await until(() => answersQueries(url), {
      what: 'PgBouncer to answer',
      timeoutMs: 30_000,
      everyMs: 50,
    });
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { url, stop };
}

/** Debian has it where only root's PATH leads. */
function programAt(): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  const found = folders.map((folder) => join(folder, 'pgbouncer')).find((file) => existsSync(file));
  if (found === undefined) throw new Error('PgBouncer is not installed');
  return found;
}
