import type { IncomingMessage } from 'node:http';
import { allowsOrigin, type OriginPolicy } from '@headcount/platform';
import { err, ok, type Result } from '@headcount/protocol';

/** The one subprotocol spoken here. */
export const SUBPROTOCOL = 'graphql-transport-ws';

/** Where sockets are opened. */
export const SOCKET_PATH = '/graphql';

/** Whether a request offers to become a WebSocket where they are opened (RFC 6455, 4.1). */
export function isSocketUpgrade({
  method,
  url = '',
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): boolean {
  const offers = headers.upgrade?.split(',').map((name) => name.trim().toLowerCase()) ?? [];
  return (
    method === 'GET' && addressIn(url)?.pathname === SOCKET_PATH && offers.includes('websocket')
  );
}

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
 * Whether an upgrade is let in, judged by what it says alone. What is no browser sends no origin and is let in: the check
 * protects browsers' users from foreign pages.
 */
export function admitUpgrade(
  { target, host, origin, subprotocols }: UpgradeAsked,
  policy: OriginPolicy,
): Result<null, 'FORBIDDEN' | 'BAD_REQUEST'> {
  if (addressIn(target) === null) return err('BAD_REQUEST');
  if (origin !== undefined && !allowsOrigin(policy, origin, host)) return err('FORBIDDEN');
  const offered = subprotocols?.split(',').map((name) => name.trim()) ?? [];
  if (!offered.includes(SUBPROTOCOL)) return err('BAD_REQUEST');
  return ok(null);
}

/** The target of a request line, or null where it is none. */
function addressIn(target: string): URL | null {
  const base = 'http://any';
  return URL.canParse(target, base) ? new URL(target, base) : null;
}
