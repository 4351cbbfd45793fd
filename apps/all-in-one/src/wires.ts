import type { Environment } from '@headcount/platform';

/** Where the parts of one process find each other. */
export interface Listening {
  /** HOST as given; undefined: the default, a loopback address. */
  readonly host: string | undefined;
  readonly port: number;
}

/** An address of this machine at which a part can be reached that listens on `host`. */
export function addressOf({ host, port }: Listening): string {
  if (host === undefined || host === '' || host === '0.0.0.0') return `127.0.0.1:${port}`;
  if (host === '::') return `[::1]:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `env`, and under it what it leaves open. An empty variable counts as not given. */
export function withDefaults(env: Environment, defaults: Environment): Environment {
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  return { ...defaults, ...Object.fromEntries(given) };
}
