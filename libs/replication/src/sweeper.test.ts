/** Goal: in time every bucket is swept and every shelf audited, and no round audits more than its share. */
import { LEASES } from '@headcount/counter-store';
import { Sweeper } from './sweeper.js';

const BUCKETS = 6;
const AUDIT_EVERY = 3;

describe('the sweeper', () => {
  it('sweeps all buckets each round, and audits a share of them, shelf by shelf', async () => {
    const swept: number[] = [];
    const audited: (readonly [number, number])[] = [];
    const sweeper = new Sweeper({
      buckets: BUCKETS,
      auditEvery: AUDIT_EVERY,
      upkeep: {
        sweep: (bucket) => {
          swept.push(bucket);
          return Promise.resolve({
            rowsCut: 0,
            recordsDropped: 0,
            slotsDropped: 0,
            gateways: new Map(),
          });
        },
        audit: (bucket, _, shelf) => {
          audited.push([bucket, shelf]);
          return Promise.resolve(null);
        },
      },
      onAudited: () => undefined,
    });
    for (let turn = 0; turn < BUCKETS * AUDIT_EVERY; turn += 1) {
      await sweeper.sweep();
      if (turn % BUCKETS === BUCKETS - 1)
        expect(audited).toHaveLength(((turn + 1) / AUDIT_EVERY) | 0);
    }
    expect(swept.slice(0, BUCKETS)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(audited.map(([bucket]) => bucket).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(audited.map(([, shelf]) => shelf))).toEqual(new Set([0]));
    for (let turn = 0; turn < BUCKETS * AUDIT_EVERY; turn += 1) await sweeper.sweep();
    expect(audited.slice(BUCKETS).map(([, shelf]) => shelf)).toEqual(Array(BUCKETS).fill(1));
  });

  it('ends the leases of a bucket that are due, and holds them for no gateway that could die', async () => {
    const expired: number[] = [];
    const sweeper = new Sweeper({
      ...{ buckets: 2, auditEvery: 1, onAudited: () => undefined },
      upkeep: {
        sweep: (bucket) =>
          Promise.resolve({
            ...{ rowsCut: 0, recordsDropped: 0, slotsDropped: 0 },
            gateways: new Map(bucket === 0 ? [['g1', 1]] : [[LEASES, 1]]),
          }),
        audit: () => Promise.resolve(null),
      },
      leases: {
        expire: (bucket) => {
          expired.push(bucket);
          return Promise.resolve(0);
        },
      },
    });
    for (let turn = 0; turn < 2; turn += 1) await sweeper.sweep();
    expect([...sweeper.storedGateways()]).toEqual(['g1']);
    expect(expired).toEqual([1]);
  });
});
