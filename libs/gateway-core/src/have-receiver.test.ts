import { createHmac } from 'node:crypto';
import {
  encodeFeedDatagrams,
  encodeHave,
  err,
  ok,
  withMac,
  type InstanceId,
} from '@headcount/protocol';
import { HaveReceiver } from './have-receiver.js';

const [me, home, other] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [
  InstanceId,
  InstanceId,
  InstanceId,
];
const mac = (bytes: Uint8Array): Buffer =>
  createHmac('sha256', 'a-secret-for-tests').update(bytes).digest();
const signed = (unsigned: Uint8Array): Uint8Array => withMac(unsigned, mac(unsigned));

function have(number: number, answers: number, from = home, to = me): Uint8Array {
  const route = { keyId: 'k', sender: from, receiver: to };
  return signed(encodeHave(route, number, answers, [{ bucket: 1, stored: 2 }]));
}

function receiver(askedAfter = 0): HaveReceiver {
  const made = new HaveReceiver(me, (_, bytes, signature) =>
    mac(bytes).equals(signature) ? ok(undefined) : err('bad_signature'),
  );
  made.expect(home, askedAfter);
  return made;
}

describe('HaveReceiver', () => {
  it('lets in an answer of the home', () => {
    expect(receiver().take(have(1, 7))).toMatchObject({
      ok: true,
      value: { answers: 7, sections: [{ stored: 2 }] },
    });
  });

  it('lets in none twice, and none after a later one', () => {
    const haves = receiver();
    expect(haves.take(have(5, 7)).ok).toBe(true);
    expect(haves.take(have(5, 7))).toEqual({ ok: false, error: 'old_number' });
    expect(haves.take(have(4, 8))).toEqual({ ok: false, error: 'old_number' });
    expect(haves.take(have(6, 8)).ok).toBe(true);
  });

  it('lets in no answer to what was sent before the home became home', () => {
    expect(receiver(7).take(have(1, 7))).toEqual({ ok: false, error: 'old_number' });
  });

  it('drops what another sent, and what is for another', () => {
    expect(receiver().take(have(1, 7, other))).toEqual({ ok: false, error: 'unknown_instance' });
    expect(receiver().take(have(1, 7, home, other))).toEqual({
      ok: false,
      error: 'wrong_receiver',
    });
  });

  it('drops a feed, and what is not signed', () => {
    const route = { keyId: 'k', sender: home, receiver: me };
    const entries = [{ key: '/', value: { viewers: 1, connections: 1 }, version: 1 }];
    const [feed = new Uint8Array()] = encodeFeedDatagrams(
      route,
      [{ bucket: 1, from: 0, to: 1, entries }],
      () => 1,
    );
    expect(receiver().take(signed(feed))).toEqual({ ok: false, error: 'malformed' });
    const forged = have(1, 7);
    forged[forged.length - 1]! ^= 1;
    expect(receiver().take(forged)).toEqual({ ok: false, error: 'bad_signature' });
  });
});
