/** Whose pages may ask an app, as browsers say it (`Origin`). */
import { z } from 'zod';
import { isLoopback, isLoopbackName } from './loopback.js';
import { optionalSetting, type Setting } from './setting.js';

/** Whose pages may ask. */
export interface OriginPolicy {
  readonly any: boolean;
  /** Whether pages of this machine may, on whatever port, as a developer's server has them. */
  readonly loopback: boolean;
  /** None: those of the same host. */
  readonly listed: readonly string[];
}

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => listedOrigin(origin.trim())))
  .pipe(z.array(z.string()))
  .readonly();

/** A list of origins, or *. `pages` says what pages of these origins may do. */
export function originsSetting(pages: string): Setting<readonly string[] | undefined> {
  return optionalSetting(
    {
      description: `Origins whose pages may ${pages}, or *; default: those of the same host and, on a loopback HOST, of this machine.`,
      must: 'origins separated by commas, or *',
      example: 'https://www.example.org,https://shop.example.org',
    },
    origins,
  );
}

/** What apps with a REST interface have. */
export const restSettings = {
  CORS_ORIGINS: originsSetting('read what REST and GraphQL answer'),
};

/** The rule for a list, or for none. Any page would let each site that a developer visits read and write here. */
export function originPolicyOf(host: string, listed: readonly string[] | undefined): OriginPolicy {
  return {
    any: listed?.includes('*') ?? false,
    loopback: listed === undefined && isLoopback(host),
    listed: listed ?? [],
  };
}

/** Whether pages of `origin` may ask an app that was asked as `host`. Origins are compared, not texts (RFC 6454, 5). */
export function allowsOrigin(
  { any, loopback, listed }: OriginPolicy,
  origin: string,
  host: string | undefined,
): boolean {
  if (any || listed.includes(origin)) return true;
  const asking = originOf(origin);
  if (asking === null) return false;
  if (listed.length > 0) return listed.includes(asking);
  const { host: own, protocol } = new URL(asking);
  // The port that is usual for the scheme may stand in the one and not in the other.
  return own === hostUnder(protocol, host) || (loopback && isLoopbackName(own));
}

/** Schemes whose pages have no origin of this form: a browser would never send it. */
const NO_PAGES: ReadonlySet<string> = new Set(['file:', 'ftp:', 'ws:', 'wss:']);

/**
 * The origin that a text names, as browsers send it: scheme and host in lower case, a name of other scripts in its ASCII form, no port
 * that is usual for the scheme. Null: it names none, or more than one, as a path or a wildcard would.
 */
function originOf(text: string): string | null {
  if (text.includes('*') || !URL.canParse(text)) return null;
  const { protocol, host, origin, pathname, search, hash, username, password } = new URL(text);
  if (host === '' || NO_PAGES.has(protocol) || search + hash + username + password !== '')
    return null;
  if (pathname !== '' && pathname !== '/') return null;
  // Of schemes that are not of the web, such as those of apps (`capacitor://localhost`), URL knows no origin.
  return origin === 'null' ? `${protocol}//${host.toLowerCase()}` : origin;
}

function listedOrigin(text: string): string | null {
  return text === '*' ? text : originOf(text);
}

function hostUnder(protocol: string, host = ''): string | null {
  const address = `${protocol}//${host}`;
  return URL.canParse(address) ? new URL(address).host : null;
}
