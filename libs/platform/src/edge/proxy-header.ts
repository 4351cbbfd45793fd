/**
 * The header of the PROXY protocol, versions 1 (text) and 2 (binary), as HAProxy specifies it
 * (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt). A pure parser of the first bytes of a connection.
 */
import { isIPv4 } from 'node:net';
import { ipOf } from './ip-address.js';

/** What the first bytes are. */
export type ProxyHeader =
  /** The whole header. `source` is the address of the client; null: the proxy speaks for itself, or does not know. */
  | { readonly kind: 'header'; readonly bytes: number; readonly source: string | null }
  /** The beginning of one. */
  | { readonly kind: 'partial' }
  /** No header, or one that is too long. */
  | { readonly kind: 'malformed' | 'oversized' };

/** Longest text of version 1, with its end of line. */
const TEXT_BYTES_MAX = 107;

/** Longest header of version 2 that is read: 52 bytes of addresses, the rest for what proxies say besides. */
export const PROXY_HEADER_BYTES_MAX = 4096;

const TEXT = Buffer.from('PROXY ', 'latin1');
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const FIXED_BYTES = SIGNATURE.length + 4;

const MALFORMED: ProxyHeader = { kind: 'malformed' };
const PARTIAL: ProxyHeader = { kind: 'partial' };

/** Reads what there is of a connection's first bytes. O(length of the header). */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsAs(bytes, SIGNATURE)) return readBinary(bytes);
  return startsAs(bytes, TEXT) ? readText(bytes) : MALFORMED;
}

/** Whether the bytes begin with the start, or are the beginning of it. */
function startsAs(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function readText(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, TEXT_BYTES_MAX).indexOf('\r\n', 0, 'latin1');
  if (end < 0) return bytes.length < TEXT_BYTES_MAX ? PARTIAL : { kind: 'oversized' };
  const line = bytes.toString('latin1', 0, end);
  const header = { kind: 'header', bytes: end + 2 } as const;
  // What follows UNKNOWN is to be ignored, whatever it is.
  if (line === 'PROXY UNKNOWN' || line.startsWith('PROXY UNKNOWN '))
    return { ...header, source: null };
  const [, family, source = '', target = '', ...ports] = line.split(' ');
  if (family !== 'TCP4' && family !== 'TCP6') return MALFORMED;
  const isRight = (ip: string): boolean =>
    family === 'TCP4' ? isIPv4(ip) : ip.includes(':') && ipOf(ip) !== null;
  const isWhole = isRight(source) && isRight(target) && ports.length === 2 && ports.every(isPort);
  return isWhole ? { ...header, source: ipOf(source) } : MALFORMED;
}

const isPort = (text: string): boolean =>
  /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;

/** Where the two addresses of each family stand after the fixed part; those of UNIX sockets are no addresses of the network. */
const ADDRESS_BYTES = [0, 12, 36, 216] as const;

function readBinary(bytes: Buffer): ProxyHeader {
  if (bytes.length < FIXED_BYTES) return PARTIAL;
  const [command = 0, family = 0] = bytes.subarray(SIGNATURE.length);
  // The version, and LOCAL or PROXY.
  if (command !== 0x20 && command !== 0x21) return MALFORMED;
  const length = bytes.readUInt16BE(SIGNATURE.length + 2);
  const total = FIXED_BYTES + length;
  if (total > PROXY_HEADER_BYTES_MAX) return { kind: 'oversized' };
  const header = { kind: 'header', bytes: total } as const;
  const isLocal = command === 0x20;
  // The family must be right, but what is local has none that counts.
  const addressBytes = ADDRESS_BYTES[family >> 4];
  const isKnown = addressBytes !== undefined && (family & 0x0f) <= 2;
  if (!isLocal && (!isKnown || length < addressBytes)) return MALFORMED;
  if (bytes.length < total) return PARTIAL;
  if (isLocal || (family & 0x0f) === 0) return { ...header, source: null };
  const addresses = bytes.subarray(FIXED_BYTES);
  switch (family >> 4) {
    case 1:
      return { ...header, source: addresses.subarray(0, 4).join('.') };
    case 2:
      return { ...header, source: ipOf(textOfV6(addresses.subarray(0, 16))) };
    default:
      return { ...header, source: null };
  }
}

function textOfV6(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16)).join(':');
}
