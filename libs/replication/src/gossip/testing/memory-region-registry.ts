/** The port RegionRegistry in memory, for tests of the gossip. */
import type { RegionRegistry, RegionStatus, Retirement } from '@headcount/counter-store';

export class MemoryRegionRegistry implements RegionRegistry {
  private readonly heartbeats = new Map<string, { heartbeat: number; heardAtMs: number }>();
  private readonly stale = new Set<string>();
  private readonly out = new Map<string, Retirement>();

  constructor(
    private readonly isAway: () => boolean,
    private readonly nowMs: () => number,
  ) {}

  async beat(region: string): Promise<void> {
    this.demandReady();
    const heartbeat = Math.max(this.nowMs(), (this.heartbeats.get(region)?.heartbeat ?? 0) + 1);
    this.heartbeats.set(region, { heartbeat, heardAtMs: this.nowMs() });
  }

  async hear(heartbeats: readonly (readonly [region: string, heartbeat: number])[]): Promise<void> {
    this.demandReady();
    for (const [region, heartbeat] of heartbeats) {
      if (heartbeat > (this.heartbeats.get(region)?.heartbeat ?? 0))
        this.heartbeats.set(region, { heartbeat, heardAtMs: this.nowMs() });
    }
  }

  async look(): Promise<ReadonlyMap<string, RegionStatus>> {
    this.demandReady();
    const names = new Set([...this.heartbeats.keys(), ...this.stale]);
    return new Map(
      [...names].map((name) => {
        const heard = this.heartbeats.get(name) ?? { heartbeat: 0, heardAtMs: 0 };
        return [name, { ...heard, stale: this.stale.has(name) }];
      }),
    );
  }

  async setStale(region: string, stale: boolean): Promise<void> {
    this.demandReady();
    if (stale) this.stale.add(region);
    else this.stale.delete(region);
  }

  async retire(retirement: Retirement): Promise<void> {
    this.demandReady();
    if (!this.out.has(retirement.region)) this.out.set(retirement.region, retirement);
  }

  async retired(): Promise<readonly Retirement[]> {
    this.demandReady();
    return [...this.out.values()];
  }

  /** As after a FLUSHALL. */
  forget(): void {
    for (const held of [this.heartbeats, this.stale, this.out]) held.clear();
  }

  private demandReady(): void {
    if (this.isAway()) throw new Error('the store is away');
  }
}
