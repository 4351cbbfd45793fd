import type { Holding } from '@headcount/gateway-core';
import type { Visitor } from '../presence/visitor.js';

/** One reader of a source. */
export interface Watching<E> {
  /** The event known now. */
  value(): E | undefined;
  close(): void;
}

/** A visitor that a subscription has made present. */
export interface Joined<E> {
  /** Whether an event counts it in already; before that it would see itself missing. */
  isIn(event: E): boolean;
  leave(): void;
}

/** Where the events of a subscription come from, whoever has subscribed. */
export interface Source<E> {
  /** What a watcher of it holds, and is charged for. */
  readonly holding: Holding;
  /** The listener is told of every newer event, from the one after `value()` on. */
  watch(listener: (event: E) => void): Watching<E>;
  /** Who alone is shown this, as one text; left out: whoever asks the same is shown the same. */
  readonly audience?: string;
  /** Makes the visitor present; only where the subscription does that. */
  readonly join?: (visitor: Visitor) => Joined<E>;
}
