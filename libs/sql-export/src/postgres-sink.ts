/** The copy in a database that speaks PostgreSQL's protocol and SQL. */
import { Client, type ClientConfig } from 'pg';
import { NOWHERE, type Position } from '@headcount/crdt';
import type { DurableRow } from '@headcount/counter-store';
import {
  judge,
  movedBy,
  type CounterSink,
  type SinkOutcome,
  type SinkPart,
  type SinkSession,
} from './counter-sink.js';
import { readAddress, type DatabaseAddress } from './database-address.js';
import * as sql from './sql.js';

export interface PostgresSinkOptions {
  /** postgres:// or postgresql://, with what libpq's addresses may have behind the `?`. */
  readonly databaseUrl: string;
  readonly region: string;
  readonly buckets: number;
}

/** Patience for a connection, and for the answer to a statement, in milliseconds. */
const CONNECT_MS_MAX = 5000;
const STATEMENT_MS_MAX = 30_000;
/** What holds in each transaction where the address says nothing else. */
const SETTINGS = new Map([
  ['application_name', 'headcount-export'],
  // An exporter that sleeps in a transaction must not keep the others waiting for longer, in milliseconds.
  ['idle_in_transaction_session_timeout', '15000'],
]);

/** One connection at a time, for one caller; whatever fails ends it, and the next session has a new one. */
export class PostgresSink implements CounterSink {
  private current: PostgresSession | null = null;

  constructor(private readonly options: PostgresSinkOptions) {}

  async session(): Promise<SinkSession> {
    if (this.current === null || this.current.isLost) this.current = await this.open();
    return this.current;
  }

  async close(): Promise<void> {
    await this.current?.end();
    this.current = null;
  }

  private async open(): Promise<PostgresSession> {
    const address = readAddress(this.options.databaseUrl, SETTINGS);
    const [way, ...others] = address.ways;
    try {
      return await this.openBy(way ?? {}, address);
    } catch (cause) {
      const [other] = others;
      if (other === undefined) throw cause;
      return this.openBy(other, address);
    }
  }

  private async openBy(way: ClientConfig, { begin }: DatabaseAddress): Promise<PostgresSession> {
    const client = newClient(way);
    const session = new PostgresSession(client, this.options.region, begin);
    // Without a listener the loss of an idle connection would end the process.
    client.on('error', () => void session.end());
    client.on('end', () => void session.end());
    try {
      await client.connect();
      await this.prepare(client, begin);
      return session;
    } catch (cause) {
      await session.end();
      throw cause;
    }
  }

  private async prepare(client: Client, begin: string): Promise<void> {
    const { region, buckets } = this.options;
    const named = await transaction(client, begin, () => this.nameRegion(client));
    if (named === buckets) return;
    throw new Error(
      `This database holds the counters of region ${region} in ${named} buckets, not ${buckets}: ` +
        'BUCKETS is another, or EXPORT_DATABASE_URL is that of another deployment.',
    );
  }

  /** Makes the tables where they are missing, and gives the number of buckets that the region has there. */
  private async nameRegion(client: Client): Promise<number | undefined> {
    const { region, buckets } = this.options;
    // Looked for first: whoever may not make tables can have them made by somebody else.
    const [schema] = (await client.query<{ found: string | null }>(sql.FIND_SCHEMA)).rows;
    if (!schema?.found) await makeSchema(client);
    await client.query(sql.NAME_REGION, [region, buckets]);
    const [named] = (await client.query<{ buckets: number }>(sql.READ_REGION, [region])).rows;
    return named?.buckets;
  }
}

/** A client that asks for nothing but its database: `pg` would add what variables of the process say. */
function newClient(way: ClientConfig): Client {
  const client = new Client({
    ...way,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: STATEMENT_MS_MAX,
    keepAlive: true,
  });
  const { connectionParameters } = client as Client & { connectionParameters: ClientConfig };
  const silent = { application_name: undefined, fallback_application_name: undefined };
  Object.assign(connectionParameters, silent, { options: way.options });
  return client;
}

async function makeSchema(client: Client): Promise<void> {
  await client.query(sql.LOCK_SCHEMA);
  const [schema] = (await client.query<{ found: string | null }>(sql.FIND_SCHEMA)).rows;
  if (!schema?.found) await client.query(sql.SCHEMA);
}

/** A connection as long as nothing has failed on it. */
class PostgresSession implements SinkSession {
  isLost = false;

  constructor(
    private readonly client: Client,
    private readonly region: string,
    private readonly begin: string,
  ) {}

  async end(): Promise<void> {
    if (this.isLost) return;
    this.isLost = true;
    await this.client.end().catch(() => undefined);
  }

  positions(): Promise<ReadonlyMap<number, Position>> {
    return this.whole(() =>
      transaction(this.client, this.begin, () => this.read(sql.READ_POSITIONS, [this.region])),
    );
  }

  write(parts: readonly SinkPart[]): Promise<readonly SinkOutcome[]> {
    return this.whole(() => transaction(this.client, this.begin, () => this.take(parts)));
  }

  /** Between BEGIN and COMMIT: what others have written is seen, and what they are about to write waits. */
  private async take(parts: readonly SinkPart[]): Promise<readonly SinkOutcome[]> {
    const { client, region } = this;
    const buckets = parts.map(({ bucket }) => bucket).sort((left, right) => left - right);
    await client.query(sql.BEGIN_POSITIONS, [region, buckets]);
    const held = await this.read(sql.LOCK_POSITIONS, [region, buckets]);
    const judged = parts.map((part) => {
      const before = held.get(part.bucket) ?? NOWHERE;
      const verdict = judge(before, part);
      const position = verdict === 'taken' ? movedBy(before, part) : before;
      return { part, verdict, position };
    });
    const taken = judged.filter(({ verdict }) => verdict === 'taken');
    await this.putRows(taken.map(({ part }) => part));
    const moved = taken.filter(({ part }) => part.move !== null);
    await this.putPositions(moved.map(({ part, position }) => [part.bucket, position]));
    for (const { part } of moved) await this.forget(part);
    return judged;
  }

  private async putRows(parts: readonly SinkPart[]): Promise<void> {
    const rows = parts.flatMap(({ bucket, asOf, rows }) =>
      rows.map((row) => ({ ...row, bucket, asOf })),
    );
    if (rows.length === 0) return;
    await this.client.query(sql.PUT_COUNTERS, [
      this.region,
      rows.map(({ pageId }) => pageId),
      rows.map(({ name }) => name),
      rows.map(({ bucket }) => bucket),
      rows.map(countOf),
      rows.map(({ asOf }) => asOf.incarnation),
      rows.map(({ asOf }) => asOf.rev),
      rows.map(({ updatedAtMs }) => updatedAtMs && updatedAtMs / 1000),
    ]);
  }

  private async putPositions(moved: readonly (readonly [number, Position])[]): Promise<void> {
    if (moved.length === 0) return;
    await this.client.query(sql.MOVE_POSITIONS, [
      this.region,
      moved.map(([bucket]) => bucket),
      moved.map(([, { incarnation }]) => incarnation),
      moved.map(([, { seq }]) => seq),
      moved.map(([, { rev }]) => rev),
    ]);
  }

  private async forget({ bucket, move }: SinkPart): Promise<void> {
    if (move?.kind !== 'whole') return;
    const { incarnation, rev } = move.begun;
    await this.client.query(sql.FORGET_COUNTERS, [this.region, bucket, incarnation, rev]);
  }

  private async read(
    statement: string,
    values: readonly unknown[],
  ): Promise<ReadonlyMap<number, Position>> {
    const { rows } = await this.client.query<PositionRow>(statement, [...values]);
    return new Map(
      rows.map(({ bucket, incarnation, seq, rev }) => [
        bucket,
        { incarnation, seq: Number(seq), rev: Number(rev) },
      ]),
    );
  }

  /** After a failure nobody knows what the connection is in the midst of. */
  private async whole<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      await this.end();
      throw cause;
    }
  }
}

/** A row of headcount_positions; `pg` gives 64-bit integers as text. */
interface PositionRow {
  readonly bucket: number;
  readonly incarnation: string;
  readonly seq: string;
  readonly rev: string;
}

const countOf = ({ total }: DurableRow): number | null =>
  Number.isSafeInteger(total) ? total : null;

/** A transaction that fails is rolled back with its connection, which whoever began it ends. */
async function transaction<T>(client: Client, begin: string, work: () => Promise<T>): Promise<T> {
  await client.query(begin);
  const done = await work();
  await client.query('COMMIT');
  return done;
}
