import type { Clock, Metrics } from '@headcount/platform';
import type { Gossip } from '@headcount/replication';

export type RegionMetrics = ReturnType<typeof regionMetrics>;

/** What an operator sees of the other regions. */
export function regionMetrics(metrics: Metrics, gossip: Gossip, clock: Clock) {
  const { peers, watch } = gossip;
  // Of a region that is out of service for good nobody needs to be alarmed.
  const inService = () => [...watch.regions].filter(([region]) => !watch.retired.has(region));
  metrics.gauge({
    name: 'region_lag_seconds',
    help: 'Time since a peer was asked for the last thing of it that has been taken whole.',
    labelNames: ['peer'],
    collect() {
      for (const { peer, levelAtMs } of peers) {
        if (levelAtMs !== null) this.set({ peer }, (clock.monotonicMs() - levelAtMs) / 1000);
      }
    },
  });
  metrics.gauge({
    name: 'region_buckets_behind',
    help: 'Buckets owned here of which a peer is known to have more.',
    labelNames: ['peer'],
    collect() {
      for (const { peer, behind } of peers) this.set({ peer }, behind);
    },
  });
  metrics.gauge({
    name: 'region_last_heard_seconds',
    help: 'Time since a region was last heard of; none for one that never was.',
    labelNames: ['region'],
    collect() {
      this.reset();
      for (const [region, { heardAtMs }] of inService()) {
        if (heardAtMs > 0) this.set({ region }, (clock.nowMs() - heardAtMs) / 1000);
      }
    },
  });
  metrics.gauge({
    name: 'region_stale',
    help: '1 while a region has not been heard of for so long that its viewers are left out.',
    labelNames: ['region'],
    collect() {
      this.reset();
      for (const [region, { stale }] of inService()) this.set({ region }, stale ? 1 : 0);
    },
  });
  const parts = metrics.counter({
    name: 'region_parts_total',
    help: 'Parts of buckets taken from a peer.',
    labelNames: ['peer'],
  });
  const failures = metrics.counter({
    name: 'region_failures_total',
    help: 'Rounds of gossip with a peer that failed, by the reason.',
    labelNames: ['peer', 'code'],
  });
  return { parts, failures };
}
