import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { endianness } from 'node:os';
import { until } from '@headcount/testing';
import { kernelName, readLine } from './kernel-connections.js';

const onLinux = existsSync('/proc/net/tcp6') ? it : it.skip;
const onLittleEndian = endianness() === 'LE' ? it.each : it.skip.each;

describe('the name of a connection', () => {
  onLittleEndian([
    ['127.0.0.1', '127.0.0.2', '0100007F:0FA1 0200007F:B503'],
    ['::1', '::1', `${'0'.repeat(24)}01000000:0FA1 ${'0'.repeat(24)}01000000:B503`],
    [
      '::ffff:10.0.0.7',
      '::ffff:10.0.0.8',
      '0000000000000000FFFF00000700000A:0FA1 0000000000000000FFFF00000800000A:B503',
    ],
    [
      '2001:db8:1:2:3:4:5:6',
      'fe80::12:3456%eth0',
      'B80D0120020001000400030006000500:0FA1 000080FE000000000000000056341200:B503',
    ],
  ])('from %s to %s is as the kernel prints it', (localAddress, remoteAddress, name) => {
    const ends = { localAddress, localPort: 4001, remoteAddress, remotePort: 0xb503 };
    expect(kernelName(ends)).toBe(name);
  });

  it('is none where a socket has no ends any more', () => {
    expect(kernelName({})).toBeNull();
    expect(
      kernelName({ localAddress: 'x', localPort: 1, remoteAddress: 'y', remotePort: 2 }),
    ).toBeNull();
  });

  onLinux.each([
    ['127.0.0.1', 'tcp'],
    ['::1', 'tcp6'],
  ])('at %s is found in %s, with what has not been taken in', async (host, table) => {
    const server = createServer((socket) => socket.pause()).listen(0, host);
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, host);
    const [served] = (await once(server, 'connection')) as [Socket];
    const name = (await until(() => kernelName(client))) ?? '';
    const look = () =>
      readFileSync(`/proc/net/${table}`, 'utf8')
        .split('\n')
        .map((line) => readLine(line, new Set([name])))
        .find((found) => found !== null);
    expect(look()).toEqual([name, { bytes: 0, tries: 0 }]);
    while (client.write('x'.repeat(100_000)));
    const found = await until(() => look(), { accept: (seen) => (seen?.[1].bytes ?? 0) > 0 });
    expect(found?.[0]).toBe(name);
    client.destroy();
    served.destroy();
    server.close();
  });
});

describe('a line', () => {
  const name = '0100007F:0FA1 0200007F:B503';
  const line = (rest: string): string => `  12: ${name} 01 ${rest} 1000`;

  it.each([
    ['00000000:00000000 00:00000000 00000000     0        0', { bytes: 0, tries: 0 }],
    ['00000018:00000000 01:0000008A 00000003     0        0', { bytes: 24, tries: 3 }],
    ['00000018:00000000 04:0000008A 00000000  1000       11', { bytes: 24, tries: 11 }],
  ])('says what is unanswered: %s', (rest, unanswered) => {
    expect(readLine(line(rest), new Set([name]))).toEqual([name, unanswered]);
  });

  it('of another connection, or of none, says nothing', () => {
    expect(readLine(line('00000018:00000000 01:0000008A 00000003 0 0'), new Set(['x']))).toBeNull();
    for (const other of ['', '  sl  local_address rem_address   st tx_queue'])
      expect(readLine(other, new Set([name]))).toBeNull();
  });
});
