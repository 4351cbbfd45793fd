/** Why an address is none of a gateway. */
export class BadGatewayUrl extends TypeError {
  override readonly name = 'BadGatewayUrl';
}

/**
 * The address of a gateway as sockets have it. `raw` may be one of http or https, and relative to `base`, the page that
 * it stands in. Throws BadGatewayUrl with a sentence that says what to write.
 */
export function gatewayUrl(raw: string, base?: string): string {
  const text = raw.trim();
  const hint = 'write it like wss://live.example.org/graphql';
  if (text === '') throw new BadGatewayUrl(`the address of the gateway is missing; ${hint}`);
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    throw new BadGatewayUrl(`"${text}" is no address of a gateway; ${hint}`);
  }
  const scheme = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }[url.protocol];
  if (scheme === undefined)
    throw new BadGatewayUrl(`"${text}" is an address of ${url.protocol} here; ${hint}`);
  url.protocol = scheme;
  // A WebSocket has no fragment, and the gateway listens at /graphql alone.
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url.href;
}

/**
 * The address that a socket is opened at. It carries the viewer id (`?v=`), for a balancer that
 * brings all sockets of a viewer to one gateway, where they count as one viewer. Balancers compare it as it is spelled, so it
 * is spelled as encodeURIComponent does.
 */
export function addressOf(url: string, viewerId: string | undefined): string {
  if (viewerId === undefined) return url;
  const address = new URL(url);
  const others = [...address.searchParams].filter(([name]) => name !== 'v');
  try {
    const pairs = [...others, ['v', viewerId]].map((pair) =>
      pair.map(encodeURIComponent).join('='),
    );
    address.search = pairs.join('&');
    return address.href;
  } catch {
    // An id with half a character, which the gateway refuses by its name.
    return url;
  }
}
