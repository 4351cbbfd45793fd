import { createSecretKey, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { err, ok, parseViewerId, type Result, type ViewerId } from '@headcount/protocol';
import type { CommonConfig } from '../config/shared-settings.js';
import type { Clock } from '../sources.js';

/** Who calls. */
export type Subject =
  { readonly kind: 'anonymous' } | { readonly kind: 'viewer'; readonly id: ViewerId };

/** What a caller shows of itself. */
export interface Credentials {
  /** A JSON Web Token; heeded where AUTH is jwt. */
  readonly token?: string | undefined;
  /** A viewer id that nobody vouches for; heeded where AUTH is off. */
  readonly viewerId?: string | undefined;
}

const ANONYMOUS: Subject = { kind: 'anonymous' };

/** How far the clock of whoever made a token may be off, in seconds. */
const CLOCK_TOLERANCE_S = 5;

/** Longest token looked at, in characters. */
const TOKEN_LENGTH_MAX = 4096;

/**
 * Finds out who calls. AUTH=jwt: the `sub` of a token signed with the shared secret (HS256), within
 * its times. AUTH=off, on a loopback address alone: whoever the caller says, or nobody in
 * particular.
 */
export class Authenticator {
  private readonly secret: KeyObject | null;

  constructor(
    { AUTH, AUTH_JWT_SECRET }: Pick<CommonConfig, 'AUTH' | 'AUTH_JWT_SECRET'>,
    private readonly clock: Clock,
  ) {
    this.secret = AUTH === 'jwt' ? createSecretKey(AUTH_JWT_SECRET ?? '', 'utf8') : null;
  }

  /** The subject, or why there is none. Never throws for what the caller shows. */
  async authenticate({
    token,
    viewerId,
  }: Credentials): Promise<Result<Subject, 'UNAUTHENTICATED' | 'BAD_VIEWER_ID'>> {
    if (this.secret === null) return viewerId === undefined ? ok(ANONYMOUS) : viewer(viewerId);
    const subject = token === undefined ? null : await this.subjectOf(token, this.secret);
    return subject === null ? err('UNAUTHENTICATED') : viewer(subject);
  }

  private async subjectOf(token: string, secret: KeyObject): Promise<string | null> {
    if (token.length > TOKEN_LENGTH_MAX) return null;
    try {
      const { payload } = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        requiredClaims: ['sub'],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(this.clock.nowMs()),
      });
      return typeof payload.sub === 'string' ? payload.sub : null;
    } catch {
      return null;
    }
  }
}

function viewer(raw: string): Result<Subject, 'BAD_VIEWER_ID'> {
  const id = parseViewerId(raw);
  return id.ok ? ok({ kind: 'viewer', id: id.value }) : id;
}

const BEARER = /^Bearer +([^\s]+)$/i;

/**
 * The credentials of an HTTP request: a bearer token, and `x-headcount-user` for where AUTH is off.
 */
export function credentialsOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Credentials {
  const { authorization } = headers;
  const token = typeof authorization === 'string' ? BEARER.exec(authorization)?.[1] : undefined;
  const user = headers['x-headcount-user'];
  return { token, viewerId: typeof user === 'string' ? user : undefined };
}
