/** PROXY headers as proxies write them. */
export const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** A header of version 2: command and family as their bytes, then whatever follows the length. */
export function binaryHeader(command: number, family: number, rest: Buffer): Buffer {
  const fixed = Buffer.from([command, family, rest.length >> 8, rest.length & 0xff]);
  return Buffer.concat([SIGNATURE, fixed, rest]);
}

/** Version 2, TCP over IPv4, from an address to 203.0.113.9:443. */
export function binaryV4(source: string, more = Buffer.alloc(0)): Buffer {
  const addresses = [...source.split('.').map(Number), 203, 0, 113, 9];
  return binaryHeader(
    0x21,
    0x11,
    Buffer.concat([Buffer.from([...addresses, 4, 210, 1, 187]), more]),
  );
}
