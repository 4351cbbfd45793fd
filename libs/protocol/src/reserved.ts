/**
 * Names that mean something inside Headcount. Clients may read what has such a name, and never change it: every path by which
 * they write refuses them.
 *
 * R1  a counter of this list is counted by one app, through a door of its own.
 * R2  an operation id with a prefix of this list is made by an app, so no client can use one up or guess one.
 * R3  keys in the store have signs that no name of a client has, so no client can name such a key.
 */
import type { CounterName } from './counter-name.js';

/** The durable counter of a page that says how often it was modified; includes/pairs.lua knows it too. */
export const MODIFICATIONS = 'modifications' as CounterName;

/** R1: counters that clients may not change, and how what they stand for is changed instead. */
export const RESERVED_COUNTERS: ReadonlyMap<CounterName, string> = new Map([
  [
    MODIFICATIONS,
    'The counter modifications cannot be changed directly: tell the notification app that the page was modified.',
  ],
]);

/** What the ids begin with under which events of the notification app are counted. */
export const EVENT_OPERATION_PREFIX = 'event:';

/** R2: what operation ids of clients may not begin with. */
export const RESERVED_OPERATION_PREFIXES: readonly string[] = [EVENT_OPERATION_PREFIX];

/**
 * R3: signs that no counter name has. `@` slots of windowed counters, `>` rights in bounded ones, `#` digests of long names, space
 * between a page and a name, tab in rows of peers.
 */
export const RESERVED_NAME_SIGNS: readonly string[] = ['@', '>', '#', ' ', '\t'];

/** Whether the apps make operation ids of this form themselves. */
export function isReservedOperationId(raw: string): boolean {
  return RESERVED_OPERATION_PREFIXES.some((prefix) => raw.startsWith(prefix));
}
