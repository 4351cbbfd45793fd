import { RETRANSMIT_MS } from './bucket-feed.js';
import { DatagramLedger, PROBE_EVERY_MS, UNANSWERED_MAX } from './datagram-ledger.js';

function working(): DatagramLedger {
  const ledger = new DatagramLedger();
  ledger.sent(1, 0);
  ledger.answered(1, 0);
  return ledger;
}

describe('DatagramLedger', () => {
  it('believes in datagrams from the first answer on, not before', () => {
    expect(new DatagramLedger().work).toBe(false);
    expect(working().work).toBe(true);
  });

  it('gives up a datagram after the patience for it', () => {
    const ledger = working();
    ledger.sent(2, 100);
    expect(ledger.expire(99 + RETRANSMIT_MS)).toBe(0);
    expect(ledger.expire(100 + RETRANSMIT_MS)).toBe(1);
    expect(ledger.expire(100 + RETRANSMIT_MS)).toBe(0);
  });

  it('stops believing after so many that were sent after the last answer (L1)', () => {
    const ledger = working();
    for (let number = 2; number < 2 + UNANSWERED_MAX; number += 1) {
      expect(ledger.work).toBe(true);
      ledger.sent(number, 1);
      ledger.expire(1 + RETRANSMIT_MS);
    }
    expect(ledger.work).toBe(false);
  });

  it('goes on believing where half of them are lost while the others get through', () => {
    const ledger = working();
    for (let nowMs = 1; nowMs < 1000; nowMs += 1) {
      ledger.expire(nowMs);
      ledger.sent(2 * nowMs, nowMs);
      ledger.sent(2 * nowMs + 1, nowMs);
      ledger.answered(2 * nowMs + 1, nowMs);
    }
    expect(ledger.work).toBe(true);
  });

  it('believes again after an answer, however late', () => {
    const ledger = working();
    ledger.sent(2, 1);
    ledger.unprove();
    ledger.answered(2, 5000);
    expect(ledger.work).toBe(true);
  });

  it('wants a probe now and then while it does not believe, and none while it does (L2)', () => {
    const ledger = new DatagramLedger();
    const probes = [0, 1, PROBE_EVERY_MS - 1, PROBE_EVERY_MS].map((nowMs) =>
      ledger.takeProbe(nowMs),
    );
    expect(probes).toEqual([true, false, false, true]);
    expect(working().takeProbe(0)).toBe(false);
  });
});
