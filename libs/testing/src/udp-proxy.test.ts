import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { seededRandom } from './seeded-random.js';
import { BLOCKED, NO_FAULTS, UdpProxy } from './udp-proxy.js';
import { until } from './until.js';

describe('UdpProxy', () => {
  const sockets: Socket[] = [];
  let proxy: UdpProxy;
  /** What has arrived at the target, in order. */
  let arrived: string[];

  const bound = async (): Promise<Socket> => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'listening');
    return socket;
  };
  /** A sender, and the answers that have come back to it. */
  const sender = async (): Promise<{ send: (text: string) => void; answers: string[] }> => {
    const socket = await bound();
    const answers: string[] = [];
    socket.on('message', (bytes) => answers.push(bytes.toString()));
    return { answers, send: (text) => socket.send(text, proxy.port, '127.0.0.1') };
  };
  const startProxy = async (seed: number, { answers } = { answers: true }): Promise<void> => {
    arrived = [];
    const target = await bound();
    target.on('message', (bytes, { port, address }) => {
      arrived.push(bytes.toString());
      if (answers) target.send(`got ${bytes.toString()}`, port, address);
    });
    proxy = await UdpProxy.to(target.address().port, seededRandom(seed));
  };

  beforeEach(() => startProxy(1));

  afterEach(() => {
    proxy.close();
    sockets.splice(0).forEach((socket) => socket.close());
  });

  it('brings every answer back to the sender who asked', async () => {
    const [ann, bob] = [await sender(), await sender()];
    ann.send('a');
    bob.send('b');
    await until(() => ann.answers.length + bob.answers.length === 2);
    expect([ann.answers, bob.answers]).toEqual([['got a'], ['got b']]);
  });

  it('lets nothing pass while it is blocked', async () => {
    const { send, answers } = await sender();
    proxy.faults = BLOCKED;
    send('lost');
    await until(() => proxy.seen.lost === 1);
    proxy.faults = NO_FAULTS;
    send('found');
    await until(() => answers.length === 1);
    expect(answers).toEqual(['got found']);
  });

  it('loses and repeats in about the ratio that it is told', async () => {
    const { send } = await sender();
    proxy.faults = { ...NO_FAULTS, lossRatio: 0.3, duplicateRatio: 0.5 };
    for (let number = 0; number < 300; number += 1) send(String(number));
    // Each that is not lost is answered, and answers meet the same fate: about 830 in all.
    await until(() => proxy.seen.lost + proxy.seen.passed > 700, {
      what: 'the traffic to have passed',
    });
    const { lost, passed, duplicated } = proxy.seen;
    const entered = lost + passed - duplicated;
    expect(lost / entered).toBeCloseTo(0.3, 1);
    expect(duplicated / (passed - duplicated)).toBeCloseTo(0.5, 1);
  });

  it('lets later datagrams overtake those that it delays', async () => {
    const { send } = await sender();
    const sent = Array.from({ length: 50 }, (_, number) => String(number));
    proxy.faults = { ...NO_FAULTS, delayRatio: 0.5, delayMsMax: 50 };
    sent.forEach(send);
    await until(() => arrived.length === sent.length);
    expect(arrived).not.toEqual(sent);
    expect([...arrived].sort()).toEqual([...sent].sort());
  });

  it('decides the same for the same seed', async () => {
    const fates: string[] = [];
    for (const seed of [7, 7, 8]) {
      proxy.close();
      // Answers would draw from the same sequence, at times of their own.
      await startProxy(seed, { answers: false });
      proxy.faults = { ...NO_FAULTS, lossRatio: 0.5 };
      const { send } = await sender();
      let fate = '';
      while (fate.length < 20) {
        const { lost, passed } = proxy.seen;
        send('?');
        await until(() => proxy.seen.lost + proxy.seen.passed > lost + passed, { everyMs: 1 });
        fate += proxy.seen.lost > lost ? '-' : '+';
      }
      fates.push(fate);
    }
    expect(fates[0]).toBe(fates[1]);
    expect(fates[0]).not.toBe(fates[2]);
  });
});
