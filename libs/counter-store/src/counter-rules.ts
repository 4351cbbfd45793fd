/** What counters are beside being counters, by their names: the same in all apps and regions of a deployment. */
import { counterStem } from './keys.js';

/** Names of counters; one that ends with `*` stands for all that begin like it. */
export interface CounterRules {
  /** Of these it is kept when they were raised (ADR 14). */
  readonly windowed: readonly string[];
  /** These are never below zero (ADR 15). */
  readonly bounded: readonly string[];
}

/** Every counter is nothing but a counter. */
export const NO_RULES: CounterRules = { windowed: [], bounded: [] };

/** Whether one of the names, or of those that end with `*`, is meant. */
export function isNamed(names: readonly string[], name: string): boolean {
  return names.some((one) =>
    one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name,
  );
}

/** A counter as additions.lua is told of it: '' of most, else letters, a space and its stem. */
export function counterKind(
  { windowed, bounded }: CounterRules = NO_RULES,
  pageId: string,
  name: string,
): string {
  const letters = `${isNamed(bounded, name) ? 'b' : ''}${isNamed(windowed, name) ? 'w' : ''}`;
  return letters === '' ? '' : `${letters} ${counterStem(pageId, name)}`;
}

/** The peers that are alive; who they are is found out by whoever gossips with them. */
export class LivePeers {
  /** Until somebody knows better all of them are taken for alive. */
  constructor(all: readonly string[]) {
    this.names = () => all;
  }

  names: () => readonly string[];
}
