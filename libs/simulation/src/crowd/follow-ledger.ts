/**
 * What followers have asked for, and what they know of it: between which bounds what is unread must lie. Where every answer
 * has come and nothing was lost the two are the same. No code of the product is used.
 */
import type { Ledger } from './ledger.js';

/** One sending to one region. */
export interface Sending {
  readonly region: string;
  readonly sentMs: number;
  settledMs: number;
  /** `none`: certainly without effect. */
  outcome: 'made' | 'none' | 'unknown';
}

/** Writer -> position. */
export type Vector = ReadonlyMap<string, number>;

/** An event told to a region; `place`: which modification of which writer it is there, null: nobody knows. */
export interface Telling extends Sending {
  place: { readonly writer: string; readonly position: number } | null;
}

/** A change of sides. `made`: what following has begun with, null: not known. */
export interface Siding extends Sending {
  readonly kind: 'follow' | 'unfollow';
  made: Vector | null;
}

/** `read` null: not known. */
export interface Reading extends Sending {
  readonly read: Vector | null;
}

/** A user and a page: changes of sides go to one region, one after the other; reads go anywhere. */
export interface Following {
  readonly user: string;
  readonly page: string;
  readonly home: string;
  readonly sidings: Siding[];
  readonly readings: Reading[];
}

/** What may be shown. `followed` null: either way. */
export interface UnreadExpected {
  readonly followed: boolean | null;
  readonly least: number;
  readonly most: number;
}

export class FollowLedger {
  readonly followings = new Map<string, Following>();
  private readonly events = new Map<string, Map<string, Telling[]>>();

  /** `ledger` knows what was lost. */
  constructor(private readonly ledger: Pick<Ledger, 'isEndangered'>) {}

  /** What was told of an event of a page. */
  tellings(page: string, event: string): Telling[] {
    const ofPage = this.events.get(page) ?? new Map<string, Telling[]>();
    this.events.set(page, ofPage);
    const tellings = ofPage.get(event) ?? [];
    ofPage.set(event, tellings);
    return tellings;
  }

  expected(following: Following): UnreadExpected {
    const followed = this.isFollowed(following);
    if (followed === false) return { followed, least: 0, most: 0 };
    let [least, most] = [0, 0];
    for (const tellings of this.events.get(following.page)?.values() ?? []) {
      if (tellings.every(({ outcome }) => outcome === 'none')) continue;
      const isCertain = tellings.some((each) => this.isSure(each));
      if (followed !== null && isCertain && !this.mayBeRead(following, tellings)) least += 1;
      if (followed === null || !this.isSurelyRead(following, tellings)) most += 1;
    }
    return { followed, least, most };
  }

  /** Events of a page that certainly count, and those that may. */
  eventsOf(page: string): { readonly certain: string[]; readonly possible: string[] } {
    const events = [...(this.events.get(page) ?? [])];
    const named = (some: (tellings: readonly Telling[]) => boolean): string[] =>
      events.filter(([, tellings]) => some(tellings)).map(([event]) => event);
    return {
      certain: named((tellings) => tellings.some((each) => this.isSure(each))),
      possible: named((tellings) => tellings.some(({ outcome }) => outcome !== 'none')),
    };
  }

  private isSure(sending: Sending): boolean {
    return sending.outcome === 'made' && !this.ledger.isEndangered(sending);
  }

  private isFollowed({ sidings }: Following): boolean | null {
    const last = sidings[sidings.length - 1];
    if (last === undefined) return false;
    return sidings.every((each) => this.isSure(each)) ? last.kind === 'follow' : null;
  }

  private isSurelyRead(following: Following, tellings: readonly Telling[]): boolean {
    const places = tellings.flatMap((each) =>
      this.isSure(each) && each.place ? [each.place] : [],
    );
    return this.surelyRead(following).some((read) =>
      places.some(({ writer, position }) => position <= (read.get(writer) ?? 0)),
    );
  }

  private mayBeRead(following: Following, tellings: readonly Telling[]): boolean {
    const begun = beginningOf(following);
    const reads = [
      ...(begun ? [{ read: begun.made, settledMs: begun.settledMs }] : []),
      ...following.readings.filter(({ outcome }) => outcome !== 'none'),
    ];
    return reads.some(({ read, settledMs }) =>
      tellings.some(({ place, sentMs, outcome }) => {
        if (outcome === 'none' || sentMs > settledMs) return false;
        // Which modification it is there, or what was read, nobody can say.
        if (place === null || read === null) return true;
        return place.position <= (read.get(place.writer) ?? 0);
      }),
    );
  }

  /** What has certainly been read in the present following. */
  private surelyRead(following: Following): Vector[] {
    const begun = beginningOf(following);
    if (!begun) return [];
    const isFirst = following.sidings.every(({ kind }) => kind === 'follow');
    const readings = following.readings.filter(
      (each) =>
        this.isSure(each) &&
        // Elsewhere it may have been the following before this one that was read in.
        (isFirst || (each.region === following.home && each.sentMs >= begun.settledMs)),
    );
    return [begun, ...readings].flatMap((each) => ('made' in each ? each.made : each.read) ?? []);
  }
}

/** The change of sides with which the present following has begun. */
function beginningOf({ sidings }: Following): Siding | undefined {
  const ended = sidings.map(({ kind }) => kind).lastIndexOf('unfollow');
  return sidings[ended + 1];
}
