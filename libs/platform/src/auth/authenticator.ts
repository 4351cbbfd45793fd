import type { IncomingHttpHeaders } from 'node:http';
import { err, ok, parseViewerId, utf8Text, type Result } from '@headcount/protocol';
import type { AuthConfig } from '../config/auth-settings.js';
import type { Clock } from '../sources.js';
import { API_KEY_PREFIX, ApiKeys } from './api-keys.js';
import { viewerOfClaims, type UserRights } from './claims.js';
import { Grants } from './grants.js';
import { ANONYMOUS, type Subject, type Viewer } from './subject.js';
import { TokenVerifier, type TokenRefusal } from './token-verifier.js';

/** What a caller shows of itself. */
export interface Credentials {
  /** A JSON Web Token, or an API key; heeded where AUTH is jwt. */
  readonly token?: string | undefined;
  /** A viewer id that nobody vouches for; heeded where AUTH is off. */
  readonly viewerId?: string | undefined;
}

/** Why there is no subject. */
export type NoSubject = TokenRefusal | 'BAD_VIEWER_ID';

/**
 * Finds out who calls, and what it may do. AUTH=jwt: the `sub` of a good token, and what its claims
 * grant, or the back end that has an API key. AUTH=off, on a loopback address alone: whoever the caller says, or nobody in particular;
 * everything is granted.
 */
export class Authenticator {
  private readonly verifier: TokenVerifier | null;
  private readonly apiKeys: ApiKeys;
  private readonly userRights: UserRights;
  private readonly ofRequests = new WeakMap<
    IncomingHttpHeaders,
    Promise<Result<Subject, NoSubject>>
  >();

  constructor(config: AuthConfig, clock: Clock) {
    this.verifier = config.AUTH === 'jwt' ? new TokenVerifier(config, clock) : null;
    this.apiKeys = new ApiKeys(config.API_KEYS ?? config.API_KEYS_FILE ?? []);
    this.userRights = config.USER_RIGHTS;
  }

  /** The subject of an HTTP request, found out once however many ask: a signature takes as long to verify as all the rest. */
  ofRequest(headers: IncomingHttpHeaders): Promise<Result<Subject, NoSubject>> {
    let asked = this.ofRequests.get(headers);
    if (asked === undefined) {
      asked = this.authenticate(credentialsOf(headers));
      this.ofRequests.set(headers, asked);
    }
    return asked;
  }

  /** The subject, or why there is none. Never throws for what the caller shows. */
  async authenticate({ token, viewerId }: Credentials): Promise<Result<Subject, NoSubject>> {
    if (this.verifier === null) return viewerId === undefined ? ok(ANONYMOUS) : named(viewerId);
    if (token === undefined) return err('UNAUTHENTICATED');
    if (token.startsWith(API_KEY_PREFIX)) {
      const service = this.apiKeys.serviceOf(token);
      return service === null ? err('UNAUTHENTICATED') : ok(service);
    }
    const claims = await this.verifier.claimsOf(token);
    return claims.ok ? viewerOfClaims(claims.value, this.userRights) : claims;
  }
}

/** The viewer that a caller says it is. */
function named(raw: string): Result<Viewer, 'BAD_VIEWER_ID'> {
  const id = parseViewerId(raw);
  if (!id.ok) return id;
  return ok({ kind: 'viewer', id: id.value, expiresAtMs: null, grants: Grants.ALL });
}

const BEARER = /^bearer(?:[ \t]+(.*))?$/is;

/** What clients send that have no token and do not look: `Bearer ${token}` of null or undefined. */
const NO_TOKEN: ReadonlySet<string> = new Set(['', 'null', 'undefined']);

/** The token of `Bearer …`, or of what has no scheme; undefined: the text holds none. */
export function tokenIn(text: string): string | undefined {
  const said = text.trim();
  const token = (BEARER.exec(said) ?? [said, said])[1]?.trim() ?? '';
  return NO_TOKEN.has(token) ? undefined : token;
}

/**
 * The credentials of an HTTP request: a bearer token (RFC 6750, 2.1), and `x-headcount-user` for where AUTH is off.
 */
export function credentialsOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Credentials {
  const { authorization } = headers;
  const isBearer = typeof authorization === 'string' && BEARER.test(authorization);
  const user = headers['x-headcount-user'];
  return {
    token: isBearer ? tokenIn(authorization) : undefined,
    // Empty is absent, as everywhere.
    viewerId: typeof user === 'string' && user !== '' ? headerText(user) : undefined,
  };
}

/**
 * The text of a header, whose bytes Node takes for Latin-1: most programs write UTF-8, and what is none is Latin-1, as browsers write it.
 * So an id is the same one in a header as in an address.
 */
function headerText(value: string): string {
  return utf8Text(Buffer.from(value, 'latin1')) ?? value;
}
