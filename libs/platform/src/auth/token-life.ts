/** Which tokens are taken by their kind and by how long they live. Their signature and times have been verified before. */
import type { JWTHeaderParameters, JWTPayload } from 'jose';

/**
 * Whether a header says that its token is for something else than to call with: `logout+jwt`, `secevent+jwt`, `dpop+jwt` …, which an
 * identity provider signs with the same keys (RFC 8725, 3.11). Of access tokens `at+jwt` is the type (RFC 9068).
 */
export function isOfAnotherKind({ typ }: Pick<JWTHeaderParameters, 'typ'>): boolean {
  const kind = typ?.toLowerCase().replace(/^application\//, '');
  return kind !== undefined && kind !== 'at+jwt' && kind.endsWith('+jwt');
}

/** The bounds of a life, in seconds. */
export interface LifeBounds {
  readonly secondsMax: number;
  /** How far the clock of the issuer may be off. */
  readonly tolerance: number;
}

/** Whether a token lives longer than is allowed, for ever where it has no end, or longer yet from now on. */
export function livesTooLong(
  { iat, exp }: Pick<JWTPayload, 'iat' | 'exp'>,
  nowMs: number,
  { secondsMax, tolerance }: LifeBounds,
): boolean {
  if (exp === undefined) return true;
  if (iat !== undefined && exp - iat > secondsMax) return true;
  return exp - nowMs / 1000 > secondsMax + tolerance;
}
