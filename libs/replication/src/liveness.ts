/**
 * Who is alive, by observation alone: an instance that says nothing new in several looks, while others do,
 * is dead. Clocks of machines are never compared, and a look that failed proves nothing (DESIGN.md §6).
 *
 * L1  nobody is dead before he was seen unchanged in LOOKS successive looks, the first included.
 * L2  a failed look, or a gap of more than two periods, starts all counts again: then Redis was away or the
 *     looker asleep, and everyone is unchanged for that reason.
 */

/** Looks in which an instance must be unchanged while another one moves. */
export const LOOKS = 4;
/** The same where no other moves, as when there is only one: then it may as well be the looker who is cut off. */
export const LOOKS_ALONE = 2 * LOOKS;

/** A heartbeat as seen; null: known from elsewhere, and absent from the registry. */
export type Heartbeat = number | null;

interface Sighting {
  readonly heartbeat: Heartbeat;
  /** Successive looks with this heartbeat. */
  readonly looks: number;
  /** Whether another instance moved since this heartbeat was first seen. */
  readonly othersMoved: boolean;
}

/** What a looker remembers between two looks. */
export interface Liveness {
  readonly lookedAtMs: number | null;
  readonly sightings: ReadonlyMap<string, Sighting>;
}

/** One successful look: every instance known, with its heartbeat. `atMs` is on the looker's monotonic clock. */
export interface Look {
  readonly atMs: number;
  readonly heartbeats: ReadonlyMap<string, Heartbeat>;
}

/** A looker that has not looked yet, and what a failed look leaves of any (L2). */
export const NEVER_LOOKED: Liveness = { lookedAtMs: null, sightings: new Map() };

/**
 * Takes in one look. Returns what to remember, and who is dead with the heartbeat he was last seen with;
 * the dead stay remembered until they are gone from the looks. Cost O(instances).
 */
export function observe(
  before: Liveness,
  { atMs, heartbeats }: Look,
  periodMs: number,
): { readonly after: Liveness; readonly dead: ReadonlyMap<string, Heartbeat> } {
  const asleep = before.lookedAtMs === null || atMs - before.lookedAtMs > 2 * periodMs;
  const known = asleep ? NEVER_LOOKED.sightings : before.sightings;
  const moved = [...heartbeats].filter(
    ([instance, heartbeat]) => known.has(instance) && known.get(instance)?.heartbeat !== heartbeat,
  );
  const sightings = new Map<string, Sighting>();
  for (const [instance, heartbeat] of heartbeats) {
    const last = known.get(instance);
    // It has not moved itself, so whoever moved is another.
    sightings.set(
      instance,
      last && last.heartbeat === heartbeat
        ? { heartbeat, looks: last.looks + 1, othersMoved: last.othersMoved || moved.length > 0 }
        : { heartbeat, looks: 1, othersMoved: false },
    );
  }
  const dead = [...sightings].filter(
    ([, { looks, othersMoved }]) => looks >= (othersMoved ? LOOKS : LOOKS_ALONE),
  );
  return {
    after: { lookedAtMs: atMs, sightings },
    dead: new Map(dead.map(([instance, { heartbeat }]) => [instance, heartbeat])),
  };
}
