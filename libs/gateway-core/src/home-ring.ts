/**
 * Which counter-api to talk to: the present one as long as it answers, else the next in the list,
 * round and round. There is no way back on its own, for every move makes the next home restate
 * everything.
 */
export class HomeRing<T> {
  private at = 0;

  constructor(private readonly list: readonly T[]) {}

  /** Each of the list once, in the order of trying. */
  candidates(): readonly T[] {
    return [...this.list.slice(this.at), ...this.list.slice(0, this.at)];
  }

  /** This one has answered and is the home now. */
  settle(home: T): void {
    const found = this.list.indexOf(home);
    if (found >= 0) this.at = found;
  }
}
