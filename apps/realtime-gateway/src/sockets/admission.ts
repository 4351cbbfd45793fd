import { allowsOrigin, type OriginPolicy } from '@headcount/platform';
import { err, ok, type Result } from '@headcount/protocol';

/** The one subprotocol spoken here. */
export const SUBPROTOCOL = 'graphql-transport-ws';

/** Where sockets are opened. */
export const SOCKET_PATH = '/graphql';

/** A request for an upgrade, as far as it decides whether it is let in. */
export interface UpgradeAsked {
  /** Path and query, as on the request line. */
  readonly target: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The value of `Sec-WebSocket-Protocol`. */
  readonly subprotocols: string | undefined;
}

/**
 * The viewer id of the address (`?v=`), by which a balancer may have chosen this gateway; null:
 * none.
 */
export interface Admitted {
  readonly viewerInAddress: string | null;
}

/**
 * Whether an upgrade is let in, judged by what it says alone. What is no browser sends no origin and is let in: the check
 * protects browsers' users from foreign pages.
 */
export function admitUpgrade(
  { target, host, origin, subprotocols }: UpgradeAsked,
  policy: OriginPolicy,
): Result<Admitted, 'NOT_FOUND' | 'FORBIDDEN' | 'BAD_REQUEST'> {
  const base = 'http://any';
  if (!URL.canParse(target, base)) return err('BAD_REQUEST');
  const { pathname, searchParams } = new URL(target, base);
  if (pathname !== SOCKET_PATH) return err('NOT_FOUND');
  if (origin !== undefined && !allowsOrigin(policy, origin, host)) return err('FORBIDDEN');
  const offered = subprotocols?.split(',').map((name) => name.trim()) ?? [];
  if (!offered.includes(SUBPROTOCOL)) return err('BAD_REQUEST');
  return ok({ viewerInAddress: searchParams.get('v') });
}
