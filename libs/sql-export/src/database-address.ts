/**
 * Reads an address as libpq does (postgresql.org/docs/current/libpq-connect.html), and parts it into what a connection needs to come about and
 * what holds on it. Poolers such as PgBouncer, pgcat and Odyssey refuse a connection that asks for more than they know, so the latter is set
 * within each transaction: outside of one, a pooler may hand the next statement to another server connection.
 */
import { readFileSync } from 'node:fs';
import { escapeIdentifier, escapeLiteral, type ClientConfig } from 'pg';

export interface DatabaseAddress {
  /** Ways to connect, in the order in which they are tried: `prefer` and `allow` have two. */
  readonly ways: readonly ClientConfig[];
  /** The statement that begins a transaction, with all that is to hold in it. */
  readonly begin: string;
}

type Settings = ReadonlyMap<string, string>;

/** Parameters of an address that are settings of a session. */
const SESSION_SETTINGS = [
  'application_name',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
];

/** `-c name=value` and `--name=value` within `options`; a backslash keeps a space. */
const OPTION = /(?:^|\s)(?:-c\s*|--)([\w.-]+)=((?:\\.|[^\s\\])*)/g;

/** `defaults` hold where the address says nothing else. Throws where a file that it names cannot be read. */
export function readAddress(text: string, defaults: Settings): DatabaseAddress {
  const url = new URL(text);
  const asked = url.searchParams;
  const host = asked.get('host') ?? plain(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  const { settings, rest } = partOptions(asked.get('options') ?? '');
  for (const name of SESSION_SETTINGS) {
    const value = asked.get(name);
    if (value !== null) settings.set(name, value);
  }
  const port = asked.get('port') ?? url.port;
  const config: ClientConfig = {
    host,
    ...(port !== '' && { port: Number(port) }),
    user: asked.get('user') ?? plain(url.username),
    password: asked.get('password') ?? plain(url.password),
    database: asked.get('dbname') ?? plain(url.pathname.slice(1)),
    // Not a setting, such as the `endpoint=…` of a hosted database.
    ...(rest !== '' && { options: rest }),
  };
  // A socket of this machine needs none.
  const ways = host.startsWith('/') ? [false] : tlsWays(asked);
  return {
    ways: ways.map((ssl) => ({ ...config, ssl })),
    begin: beginWith(new Map([...defaults, ...settings])),
  };
}

/** Whether an address names a host or a socket, and a database. */
export function namesDatabase(text: string): boolean {
  const { hostname, pathname, searchParams } = new URL(text);
  const hasHost = hostname !== '' || Boolean(searchParams.get('host'));
  return hasHost && (pathname.length > 1 || Boolean(searchParams.get('dbname')));
}

function partOptions(options: string): { settings: Map<string, string>; rest: string } {
  const settings = new Map<string, string>();
  const rest = options.replaceAll(OPTION, (_, name: string, value: string) => {
    settings.set(name.replaceAll('-', '_'), value.replaceAll(/\\(.)/g, '$1'));
    return '';
  });
  return { settings, rest: rest.trim() };
}

function beginWith(settings: Settings): string {
  const set = [...settings].map(([name, value]) => {
    // A name may have the name of its extension before it.
    const quoted = name.split('.').map(escapeIdentifier).join('.');
    // Several names in one text would be taken for one.
    const values = name === 'search_path' ? listOf(value) : escapeLiteral(value);
    return `SET LOCAL ${quoted} = ${values}`;
  });
  return ['BEGIN', ...set].join('; ');
}

const listOf = (names: string): string =>
  names
    .split(',')
    .map((name) => escapeLiteral(name.trim().replaceAll('"', '')))
    .join(', ');

/** How TLS is used: each way as `pg` has it, false for none. */
function tlsWays(asked: URLSearchParams): NonNullable<ClientConfig['ssl']>[] {
  const root = asked.get('sslrootcert');
  const fileOf = (name: string) => {
    const file = asked.get(name);
    return file === null ? {} : { [name.slice(3)]: readFileSync(file, 'utf8') };
  };
  const ca = root === null || root === 'system' ? {} : { ca: readFileSync(root, 'utf8') };
  const tls = { ...ca, ...fileOf('sslcert'), ...fileOf('sslkey') };
  const unchecked = { ...tls, rejectUnauthorized: false };
  // Whose certificate it is, but not for which host.
  const ofAuthority = { ...tls, checkServerIdentity: () => undefined };
  switch (asked.get('sslmode') ?? SSL[asked.get('ssl') ?? '']) {
    case 'verify-full':
      return [tls];
    case 'verify-ca':
      return [ofAuthority];
    case 'require':
      return [root === null ? unchecked : ofAuthority];
    case 'no-verify':
      return [unchecked];
    case 'prefer':
      return [unchecked, false];
    case 'allow':
      return [false, unchecked];
    default:
      return [false];
  }
}

/** `ssl=` of other clients. */
const SSL: Readonly<Record<string, string>> = {
  ...{ true: 'verify-full', '1': 'verify-full', 'no-verify': 'no-verify' },
};

/** A part of an address as it is meant; one with a lone percent sign means that sign. */
function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part.replaceAll(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
      try {
        return decodeURIComponent(encoded);
      } catch {
        return encoded;
      }
    });
  }
}
