/**
 * Presence by regions: how many are on one page, each region speaking for itself alone.
 *
 * Shape   region -> register { incarnation, seq, presence }: what this region's gateways see, as of (incarnation, seq).
 *         A register of nobody stays as one, so that an older state cannot bring its viewers back. The store drops it,
 *         as the vector of the bucket tells there what is gone (ADR 9).
 * Join    per region the register of the later version.
 * Value   the sum over the regions without the stale ones, which are named. What a region said before it forgot something
 *         counts until it has said something later, or the vector of the bucket tells that nobody is there (ADR 9).
 * Source  single-writer register with versions: Shapiro et al., INRIA RR-7506 (2011), 3.2.1, without its clock;
 *         why not a PN-counter: DESIGN.md §4.
 * R1      0 <= viewers <= connections (presence.ts).
 * R2      one version of one region has one content, for only that region gives versions out.
 */
import { assert } from './assert.js';
import { byText } from './by-text.js';
import { totalPresence, type Presence } from './presence.js';
import { isIncarnation, type Region } from './writer.js';

/** What one region says of one page, and its version: incarnation first, then seq. */
export interface PresenceRegister {
  readonly incarnation: string;
  readonly seq: number;
  readonly presence: Presence;
}

export type RegionPresence = ReadonlyMap<Region, PresenceRegister>;

/** How many are on the page, and whose viewers are not among them, by name. */
export interface PresenceCount {
  readonly presence: Presence;
  readonly staleRegions: readonly Region[];
}

/** A page that no region has said anything about. */
export const UNSEEN: RegionPresence = new Map();

/**
 * The delta by which `region` states what it sees. `seq` is the version that its bucket gave to this change.
 * Cost O(1). Throws AssertionError where R1 or the form of a version is broken.
 */
export function write(region: Region, register: PresenceRegister): RegionPresence {
  const { incarnation, seq, presence } = register;
  assert(isIncarnation(incarnation), `not an incarnation: ${incarnation}`);
  assert(Number.isSafeInteger(seq) && seq > 0, `not a seq: ${seq}`);
  assert(isPresence(presence), `R1: ${presence.viewers} of ${presence.connections}`);
  return new Map([[region, register]]);
}

/** The least state that holds all of `left` and `right`. Cost O(|left| + |right|) regions. */
export function join(left: RegionPresence, right: RegionPresence): RegionPresence {
  const joined = new Map(left);
  for (const [region, register] of right) {
    const held = left.get(region);
    if (held === undefined || compare(held, register) < 0) joined.set(region, register);
  }
  return joined;
}

/** What the page shows. `stale`: the regions not heard of for too long, by whoever decides that. Cost O(regions). */
export function count(page: RegionPresence, stale: ReadonlySet<Region>): PresenceCount {
  const fresh = [...page].filter(([region]) => !stale.has(region));
  return {
    presence: totalPresence(fresh.map(([, { presence }]) => presence)),
    staleRegions: [...stale].sort(byText),
  };
}

function isPresence({ viewers, connections }: Presence): boolean {
  const areIntegers = Number.isSafeInteger(viewers) && Number.isSafeInteger(connections);
  return areIntegers && viewers >= 0 && viewers <= connections;
}

/**
 * The order of one region's registers. Beyond the version it cannot matter (R2); where a broken peer gives one
 * version two contents, the larger wins everywhere, for else two replicas would differ for ever.
 */
function compare(left: PresenceRegister, right: PresenceRegister): number {
  return (
    byText(left.incarnation, right.incarnation) ||
    left.seq - right.seq ||
    left.presence.viewers - right.presence.viewers ||
    left.presence.connections - right.presence.connections
  );
}
