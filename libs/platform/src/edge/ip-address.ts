/** IP addresses as texts: one spelling for each, and the key by which limits know them. Pure. */
import { SocketAddress, isIP } from 'node:net';

/** `::ffff:192.0.2.7`: how a socket that listens on IPv6 shows a client of IPv4. */
const MAPPED = '::ffff:';

/**
 * The one spelling of an address: IPv6 compressed and in lower case, an IPv4-mapped address as IPv4. Null for anything else,
 * an address with a zone (`fe80::1%eth0`) included: a zone means something on one machine only.
 */
export function ipOf(text: string): string | null {
  switch (text.includes('%') ? 0 : isIP(text)) {
    case 4:
      return text;
    case 6: {
      const { address } = new SocketAddress({ address: text, family: 'ipv6' });
      const mapped = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : '';
      return isIP(mapped) === 4 ? mapped : address;
    }
    default:
      return null;
  }
}

/**
 * The key by which every limit per address knows a client. IPv4: the address. IPv6: its /64, the smallest network that a customer
 * of a provider gets, for by whole addresses each has 2^64 of them to send from. A text that is no address is its own key.
 */
export function addressKey(address: string): string {
  // Nearly all: nothing to do for IPv4.
  if (!address.includes(':')) return address;
  const ip = ipOf(address);
  if (ip === null || !ip.includes(':')) return ip ?? address;
  const [head = '', tail] = ip.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

const groupsOf = (text: string): string[] =>
  text === '' ? [] : text.split(':').flatMap((group) => (group.includes('.') ? ['', ''] : [group]));
