/**
 * Goal    the export works through poolers, which refuse what they do not know and change the server connection between transactions, and with
 *         addresses in all forms that libpq has.
 * Method  a real PgBouncer in both modes before a real PostgreSQL; a stand-in that refuses every startup parameter but the least.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Client } from 'pg';
import { NOWHERE } from '@headcount/crdt';
import { startDatabase, startPooler, type DatabaseServer, type Pooler } from '@headcount/testing';
import { readAddress } from './database-address.js';
import { PostgresSink } from './postgres-sink.js';

const ASKED =
  '?statement_timeout=20000&lock_timeout=9000&application_name=ours&options=-c%20search_path%3Dpublic%20--work_mem%3D8MB';
const position = { incarnation: 'i', seq: 1, rev: 1 };
const row = { pageId: 'home', name: 'likes', total: 3, updatedAtMs: null };
const part = {
  bucket: 0,
  asOf: position,
  rows: [row],
  move: { kind: 'whole' as const, begun: position },
};

let database: DatabaseServer;
beforeAll(async () => {
  database = await startDatabase();
}, 90_000);
afterAll(() => database.stop());

const sinkOf = (databaseUrl: string, region: string) =>
  new PostgresSink({ databaseUrl, region, buckets: 4 });

async function writesThrough(url: string, region: string): Promise<void> {
  const sink = sinkOf(url, region);
  const session = await sink.session();
  const [outcome] = await session.write([part as never]);
  expect(outcome).toMatchObject({ verdict: 'taken', position });
  // Through another server connection than the first, where there are several.
  for (let round = 0; round < 6; round += 1)
    expect((await session.positions()).get(0) ?? NOWHERE).toEqual(position);
  await sink.close();
}

describe('a pooler', () => {
  let pooler: Pooler;
  afterEach(() => pooler.stop());

  it.each(['session', 'transaction'] as const)('in %s mode is written through', async (mode) => {
    pooler = await startPooler(database.port, mode);
    await writesThrough(pooler.url, `plain ${mode}`);
    await writesThrough(pooler.url + ASKED, `asked ${mode}`);
  });

  it('in transaction mode keeps nothing of ours for the next who comes', async () => {
    pooler = await startPooler(database.port, 'transaction');
    await writesThrough(pooler.url + ASKED, 'leaves nothing');
    const next = new Client(pooler.url);
    await next.connect();
    for (const name of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])
      expect((await next.query(`SHOW ${name}`)).rows).toEqual([{ [name]: '0' }]);
    await next.end();
  });
});

describe('a server that refuses unknown startup parameters', () => {
  it('is asked for the least, whatever the address and the variables of the process say', async () => {
    let asked = '';
    const server = createServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (bytes) => {
        asked = bytes.subarray(8).toString();
        socket.destroy();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env.PGOPTIONS = '-c statement_timeout=1';
    process.env.PGAPPNAME = 'theirs';
    const { port } = server.address() as AddressInfo;
    const sink = sinkOf(`postgres://ann@127.0.0.1:${port}/db${ASKED}`, 'local');
    await expect(sink.session()).rejects.toThrow();
    delete process.env.PGOPTIONS;
    delete process.env.PGAPPNAME;
    server.close();
    const names = asked.split('\0').filter((_, at) => at % 2 === 0);
    expect(names.filter((name) => name !== '').sort()).toEqual([
      ...['client_encoding', 'database', 'user'],
    ]);
  });

  it('has what was asked for set within each transaction', async () => {
    const sink = sinkOf(database.url() + ASKED, 'settings');
    const session = await sink.session();
    await session.positions();
    const seen = new Client(database.url());
    await seen.connect();
    const { begin } = readAddress(database.url() + ASKED, new Map([['lock_timeout', '1']]));
    await seen.query(begin);
    for (const [name, value] of [
      ...[
        ['statement_timeout', '20s'],
        ['lock_timeout', '9s'],
        ['application_name', 'ours'],
      ],
      ...[
        ['search_path', 'public'],
        ['work_mem', '8MB'],
      ],
    ])
      expect((await seen.query(`SHOW ${name}`)).rows).toEqual([{ [name ?? '']: value }]);
    await seen.end();
    await sink.close();
  });
});

describe('an address', () => {
  const way = (url: string) => readAddress(url, new Map()).ways[0];
  it.each([
    ['postgres://ann@[::1]:5433/db', { host: '::1', port: 5433, user: 'ann', database: 'db' }],
    [
      'postgres:///db?host=/run/postgresql',
      { host: '/run/postgresql', database: 'db', ssl: false },
    ],
    ['postgres://ann@%2Frun%2Fpg/db', { host: '/run/pg', user: 'ann', ssl: false }],
    ['postgres://ann:p%40s%3As%2F%23%25@h/db', { password: 'p@s:s/#%' }],
    ['postgres://ann:100%@h/db', { password: '100%' }],
    ['postgres://ann:a%zz%40@h/db', { password: 'a%zz@' }],
    ['postgres://ann:p@ss@h/db', { password: 'p@ss', host: 'h' }],
    ['postgres://h/my%20db', { database: 'my db' }],
    [
      'postgres://h?dbname=db&user=ann&password=x%26y&port=6432',
      { database: 'db', port: 6432, password: 'x&y' },
    ],
    ['postgres://h/db?options=endpoint%3Dep-1%20-c%20a%3Db', { options: 'endpoint=ep-1' }],
  ])('%s is read as libpq reads it', (url, expected) => {
    expect(way(url)).toMatchObject(expected);
  });

  it.each([
    ['', [false]],
    ['disable', [false]],
    ['allow', [false, { rejectUnauthorized: false }]],
    ['prefer', [{ rejectUnauthorized: false }, false]],
    ['require', [{ rejectUnauthorized: false }]],
    ['no-verify', [{ rejectUnauthorized: false }]],
    ['verify-ca', [{ checkServerIdentity: expect.any(Function) }]],
    ['verify-full', [{}]],
  ])('with sslmode=%s has the ways that it has in libpq', (mode, ways) => {
    const { ways: read } = readAddress(`postgres://h/db?sslmode=${mode}`, new Map());
    expect(read.map(({ ssl }) => ssl)).toEqual(ways);
  });

  it('with sslmode=prefer does without TLS where the server has none', async () => {
    const sink = sinkOf(`${database.url()}?sslmode=prefer`, 'prefers');
    await expect(sink.session()).resolves.toBeDefined();
    await sink.close();
  });

  it('cannot bring in a statement of its own', async () => {
    const url = `${database.url()}?options=${encodeURIComponent(`-c search_path=x';DROP\\ TABLE\\ headcount_regions;--`)}`;
    const sink = sinkOf(url, 'evil');
    await sink.session().catch(() => undefined);
    await sink.close();
    await expect(sinkOf(database.url(), 'evil').session()).resolves.toBeDefined();
  });
});
