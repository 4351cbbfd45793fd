/**
 * Whose address a request has. A pure function of the peer, what the headers say, and who is trusted; used for HTTP requests,
 * upgrades and event streams alike.
 */
import { ipOf } from './ip-address.js';

/** Which header is read: a named one, or `any`: the one that is there. */
export type ForwardingHeader = 'any' | 'forwarded' | 'x-forwarded-for';

/** What proxies say of a request, as Node gives headers: lines of one name joined by commas. */
export interface ForwardingHeaders {
  readonly forwarded?: string | string[] | undefined;
  readonly 'x-forwarded-for'?: string | string[] | undefined;
}

/** Who is believed, and what is read. */
export interface ForwardingRules {
  readonly trusts: (ip: string) => boolean;
  readonly header: ForwardingHeader;
}

/**
 * The address of the client: the peer, or where the peer is a trusted proxy the rightmost address of the header that is no trusted
 * proxy. Each proxy appends the address that it was called from, so what stands right of it was written by those we trust, and
 * what stands left of it by a stranger. A place that holds no address (`unknown`, `_hidden`, garbage) ends the walk: the nearest
 * trusted hop counts. So does the peer where both headers are there and disagree: one of them passed through a proxy unread.
 */
export function clientAddress(
  peer: string,
  headers: ForwardingHeaders,
  { trusts, header }: ForwardingRules,
): string {
  const nearest = ipOf(peer) ?? peer;
  if (!trusts(nearest)) return nearest;
  const { forwarded, 'x-forwarded-for': listed } = headers;
  const chains: Chain[] = [];
  if (listed !== undefined && header !== 'forwarded')
    chains.push({ places: String(listed).split(','), addressIn: hostOf });
  if (forwarded !== undefined && header !== 'x-forwarded-for')
    chains.push({ places: elementsOf(String(forwarded)), addressIn: forOf });
  const [found = nearest, other = found] = chains.map((chain) => walk(nearest, chain, trusts));
  return found === other ? found : nearest;
}

/** Proxies behind each other that are followed at most. */
const HOPS_MAX = 32;

/** What a header says: its places in order, and the address that one holds, or null. */
interface Chain {
  readonly places: readonly string[];
  readonly addressIn: (place: string) => string | null;
}

/** From the right, as far as proxies are trusted. Nothing left of that is so much as read. */
function walk(
  nearest: string,
  { places, addressIn }: Chain,
  trusts: (ip: string) => boolean,
): string {
  let reached = nearest;
  for (const place of places.slice(-HOPS_MAX).reverse()) {
    const address = addressIn(place);
    if (address === null) break;
    reached = address;
    if (!trusts(address)) break;
  }
  return reached;
}

const PORT = /^\d{1,5}$/;

/** `192.0.2.7`, `192.0.2.7:80`, `2001:db8::7`, `[2001:db8::7]` or `[2001:db8::7]:80`. */
function hostOf(text: string): string | null {
  const place = text.trim();
  if (place.startsWith('[')) {
    const end = place.indexOf(']');
    const rest = place.slice(end + 1);
    const isWhole = end > 0 && (rest === '' || (rest.startsWith(':') && PORT.test(rest.slice(1))));
    const within = place.slice(1, end);
    return isWhole && within.includes(':') ? ipOf(within) : null;
  }
  const [host = '', port, ...more] = place.split(':');
  const isWithPort = port !== undefined && more.length === 0;
  return isWithPort ? (PORT.test(port) && host.includes('.') ? ipOf(host) : null) : ipOf(place);
}

/** One parameter: a token, `=`, and a token or a quoted text (RFC 7239, 4). Some proxies leave a port or brackets unquoted. */
const PARAMETER = /^\s*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;=]+))\s*$/;

/** The elements of `Forwarded`. A quote that never ends may hide a proxy's own words: then there are none. */
const elementsOf = (header: string): string[] => splitOutsideQuotes(header, ',') ?? [];

/** The address of an element; null: it is malformed, or names none. */
function forOf(element: string): string | null {
  let host: string | null = null;
  let times = 0;
  for (const part of splitOutsideQuotes(element, ';') ?? ['']) {
    const [, name, quoted, plain] = PARAMETER.exec(part) ?? [];
    if (name === undefined) return null;
    if (name.toLowerCase() !== 'for') continue;
    times += 1;
    host = hostOf(quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1'));
  }
  return times === 1 ? host : null;
}

/** The parts between separators that stand in no quoted text; null where a quote does not end. */
function splitOutsideQuotes(text: string, separator: string): string[] | null {
  const parts: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') isQuoted = !isQuoted;
    else if (char === '\\' && isQuoted) at += 1;
    else if (char === separator && !isQuoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return isQuoted ? null : parts;
}
