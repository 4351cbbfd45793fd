/**
 * What Linux knows of the connections of this machine, as /proc/net/tcp and tcp6 tell it: the one way to learn from Node
 * whether what was sent has arrived. Other systems have no such file.
 */
import { isIP } from 'node:net';
import { endianness } from 'node:os';

/** The two ends of a connection, as a socket of Node has them. */
export interface Ends {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** What has been sent on a connection and not been acknowledged. */
export interface Unanswered {
  readonly bytes: number;
  /** How often it was sent again, or the other side asked for room, without an answer since. */
  readonly tries: number;
}

/** The name of a connection in these files, or null where it has none. */
export function kernelName({
  localAddress,
  localPort,
  remoteAddress,
  remotePort,
}: Ends): string | null {
  const [local, remote] = [end(localAddress, localPort), end(remoteAddress, remotePort)];
  return local === null || remote === null ? null : `${local} ${remote}`;
}

/** What a line says, if it is of one of the connections that are asked for. */
export function readLine(
  line: string,
  wanted: ReadonlySet<string>,
): readonly [name: string, Unanswered] | null {
  // `  12: 0100007F:0FA1 0200007F:B503 01 00000008:00000000 01:00000014 00000002 …`; of most lines nothing more is read than the name.
  const from = line.indexOf(': ') + 2;
  const to = line.indexOf(' ', line.indexOf(' ', from) + 1);
  const name = line.slice(from, to);
  if (!wanted.has(name)) return null;
  const [, queues = '', , sentAgain = '', , probes = ''] = line
    .slice(to + 1)
    .trim()
    .split(/ +/);
  const [toSend = ''] = queues.split(':');
  return [name, { bytes: parseInt(toSend, 16), tries: parseInt(sentAgain, 16) + Number(probes) }];
}

function end(address: string | undefined, port: number | undefined): string | null {
  const bytes = address === undefined ? null : bytesOf(address);
  if (bytes === null || port === undefined) return null;
  const words = Array.from({ length: bytes.length / 4 }, (_, at) =>
    bytes.slice(4 * at, 4 * at + 4),
  );
  // The kernel prints each word as the number that the machine takes it for.
  const shown = endianness() === 'LE' ? words.map((word) => word.reverse()) : words;
  return `${hex(shown.flat())}:${hex([port >> 8, port & 0xff])}`;
}

function bytesOf(address: string): number[] | null {
  const [plain = ''] = address.split('%');
  switch (isIP(plain)) {
    case 4:
      return plain.split('.').map(Number);
    case 6:
      return bytesOfIpv6(plain);
    default:
      return null;
  }
}

function bytesOfIpv6(address: string): number[] {
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const bytesIn = (group: string): number[] => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  };
  const [head = '', tail = ''] = address.split('::');
  const [before, after] = [groupsOf(head).flatMap(bytesIn), groupsOf(tail).flatMap(bytesIn)];
  const zeros = Array<number>(16 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after];
}

const hex = (bytes: readonly number[]): string =>
  bytes
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
