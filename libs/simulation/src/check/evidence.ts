/**
 * Nobody who is alive is held for dead on too little evidence (DESIGN.md §6): its silence must have been seen in looks that
 * succeeded, one soon after the other. While Redis is away or the looker asleep, nobody is silent.
 */
export interface EvidenceOptions {
  /** Time between two looks, in milliseconds. */
  readonly periodMs: number;
  readonly nowMs: () => number;
}

/** One look less than the rule has: the gateway's last sync may be answered after a look has seen it. */
const LOOKS_LEAST = 3;
/** Two periods, and what a reply may take. */
const pauseMax = (periodMs: number): number => 2.5 * periodMs;

export class Evidence {
  /** Looker -> when its looks of late succeeded, none long after the one before it. */
  private readonly looks = new Map<string, number[]>();
  /** Gateway -> when it was last known to have been heard. */
  private readonly heard = new Map<string, number>();

  constructor(private readonly options: EvidenceOptions) {}

  /** A sync of this gateway has reached Redis. */
  hears(gateway: string): void {
    this.heard.set(gateway, this.options.nowMs());
  }

  /** A Redis has lost what it had heard last, so that nobody can know of it. */
  redisForgets(): void {
    this.heard.clear();
  }

  /** This looker has read who is there. */
  looked(looker: string): void {
    const { nowMs, periodMs } = this.options;
    const run = this.looks.get(looker) ?? [];
    const isBroken = nowMs() - (run.at(-1) ?? -Infinity) > pauseMax(periodMs);
    this.looks.set(looker, isBroken ? [nowMs()] : [...run, nowMs()]);
  }

  /** This looker holds a gateway that is alive for dead; gives what is wrong with that. */
  condemns(looker: string, gateway: string): string[] {
    const heardMs = this.heard.get(gateway) ?? -Infinity;
    const silent = (this.looks.get(looker) ?? []).filter((atMs) => atMs >= heardMs);
    if (silent.length >= LOOKS_LEAST) return [];
    return [
      `${looker} holds ${gateway} for dead, who is alive, after ${silent.length} looks in which it was silent`,
    ];
  }
}
