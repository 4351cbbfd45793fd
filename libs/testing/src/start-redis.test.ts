import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { startRedis, type RedisServer } from './start-redis.js';
import { until } from './until.js';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('startRedis', () => {
  const servers: RedisServer[] = [];
  const started = async (options?: Parameters<typeof startRedis>[0]): Promise<RedisServer> => {
    const server = await startRedis(options);
    servers.push(server);
    return server;
  };
  const withClient = async <T>(
    server: RedisServer,
    use: (client: Redis) => Promise<T>,
  ): Promise<T> => {
    const client = new Redis(server.url);
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  };

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it.each(['tcp', 'unix'] as const)(
    'answers a client over %s and keeps its data over kill -9',
    async (listen) => {
      const server = await started({ listen });
      await withClient(server, (client) => client.set('greeting', 'hello'));
      const { pid } = server;
      await server.kill9();
      expect(isAlive(pid)).toBe(false);
      await server.restart();
      expect(server.pid).not.toBe(pid);
      await expect(withClient(server, (client) => client.get('greeting'))).resolves.toBe('hello');
    },
  );

  it('is configured to lose and evict nothing, unless told otherwise', async () => {
    const server = await started({ args: ['--appendfsync', 'everysec', '--save', '900 1'] });
    const setting = (name: string): Promise<unknown> =>
      withClient(server, async (client) => client.config('GET', name));
    await expect(setting('appendonly')).resolves.toEqual(['appendonly', 'yes']);
    await expect(setting('maxmemory-policy')).resolves.toEqual(['maxmemory-policy', 'noeviction']);
    await expect(setting('appendfsync')).resolves.toEqual(['appendfsync', 'everysec']);
    await expect(setting('save')).resolves.toEqual(['save', '900 1']);
  });

  it('forgets everything at a flush', async () => {
    const server = await started();
    await withClient(server, (client) => client.set('greeting', 'hello'));
    await server.flush();
    await expect(withClient(server, (client) => client.dbsize())).resolves.toBe(0);
  });

  it('removes its own folder at the end and keeps the one it was given', async () => {
    const own = await started();
    const given = await mkdtemp(join(tmpdir(), 'headcount-given-'));
    const other = await started({ dir: given, port: await freePort() });
    await Promise.all([own.stop(), other.stop()]);
    expect(existsSync(own.dir)).toBe(false);
    expect(existsSync(given)).toBe(true);
    await rm(given, { recursive: true });
  });

  it('says in words of Redis why it does not come up', async () => {
    const { port } = await started();
    await expect(startRedis({ port })).rejects.toThrow(/Address already in use/);
    await expect(startRedis({ args: ['--appendfsync', 'sometimes'] })).rejects.toThrow(
      /appendfsync "sometimes"/,
    );
  });

  it('dies with the process that started it, even when that is killed', async () => {
    const owner = spawn(process.execPath, ['-e', ownerProgram()], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const { pid, dir } = JSON.parse(line.toString()) as { pid: number; dir: string };
    expect(isAlive(pid)).toBe(true);
    owner.kill('SIGKILL');
    await until(() => !isAlive(pid) && !existsSync(dir), {
      what: 'Redis and its folder to be gone',
    });
  });
});

/** A program that starts a Redis, says which, and waits. Bundled, for a plain Node reads no TypeScript. */
function ownerProgram(): string {
  const program = `
    import { startRedis } from './start-redis.js';
    startRedis().then(({ pid, dir }) => console.log(JSON.stringify({ pid, dir })));
    process.stdin.resume();
  `;
  return execFileSync(
    require.resolve('esbuild/bin/esbuild'),
    ['--bundle', '--platform=node', '--loader=ts'],
    { cwd: __dirname, input: program, encoding: 'utf8' },
  );
}
