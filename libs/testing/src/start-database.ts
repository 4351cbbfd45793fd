import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, readdirSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './free-port.js';
import { spawnTied, type TiedProcess } from './tied-process.js';
import { until } from './until.js';

/** A PostgreSQL of the test's own; it ends with this process, and nothing of it stays. */
export interface DatabaseServer {
  readonly port: number;
  /** postgres://…, of an empty database. `port` is that of a proxy before it. */
  url(port?: number): string;
  stop(): Promise<void>;
}

const READY_MS_MAX = 60_000;
/** PostgreSQL refuses to run as root; any other user will do, and this is nobody. */
const NOBODY = 65_534;
/** Debian has its programs here, a folder a version, and puts none of them on PATH. */
const DEBIAN = '/usr/lib/postgresql';

/** Starts PostgreSQL on a free port of 127.0.0.1, in about 2 s. Rejects with a sentence where it is not installed. */
export async function startDatabase(): Promise<DatabaseServer> {
  const programs = programsAt();
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'headcount-database-'));
  const server = await startPostgres(programs, dir, port);
  let ended = false;
  void server.exited.then(() => (ended = true));
  const stop = async () => {
    // At once, without waiting for connections.
    await server.end('SIGQUIT');
    await rm(dir, { recursive: true, force: true });
  };
  const url = (at = port) => `postgres://postgres@127.0.0.1:${at}/postgres`;
  try {
    const what = { what: 'PostgreSQL to answer', timeoutMs: READY_MS_MAX };
    await until(async () => ended || answersQueries(url()), what);
    if (ended) throw new Error('PostgreSQL has ended as soon as it was started');
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { port, url, stop };
}

/** The folder with PostgreSQL's programs. */
function programsAt(): string {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'postgres'))
    .filter((program) => existsSync(program))
    // The name on PATH may be a link to where the other programs are.
    .map((program) => dirname(realpathSync(program)));
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const folders = [...onPath, ...debian.map((version) => join(DEBIAN, version, 'bin'))];
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')));
  if (found === undefined) throw new Error('PostgreSQL is not installed');
  return found;
}

function startPostgres(programs: string, dir: string, port: number): Promise<TiedProcess> {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(dir, NOBODY, NOBODY);
  const data = join(dir, 'data');
  // Nothing is kept beyond the test, so nothing has to be on disk.
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  execFileSync(join(programs, 'initdb'), init, { ...user, cwd: dir, stdio: 'ignore' });
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawnTied(join(programs, 'postgres'), ['-D', data, '-p', String(port), ...args], {
    ...user,
    ...{ cwd: dir, folder: dir, stdio: 'ignore' },
  });
}

/** Whether it answers queries; one that is still starting up takes connections already. */
export async function answersQueries(url: string): Promise<boolean> {
  const client = new Client(url);
  // It may end a connection at any time while it starts.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } finally {
    await client.end();
  }
}
