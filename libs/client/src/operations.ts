import type { LiveState } from './live-state.js';
import type { Refusal } from './refusal.js';

const COUNTER = '{ pageId name count connections updatedAt }';

/** Makes the viewer present on a page, and shows who is. */
export const VIEWING = `subscription ($pageId: ID!) { counter: viewing(pageId: $pageId) ${COUNTER} }`;

/** Shows a counter without being present. */
export const COUNTER_CHANGED =
  'subscription ($pageId: ID!, $name: String) ' +
  `{ counter: counterChanged(pageId: $pageId, name: $name) ${COUNTER} }`;

/** A counter as it stands now. */
export interface LiveCounter {
  readonly pageId: string;
  readonly name: string;
  /** What the counter shows. */
  readonly count: number;
  /** Sockets present on the page; 0 for counters other than `viewers`. */
  readonly connections: number;
  /** When it last changed, as RFC 3339; null: never, or no longer known. */
  readonly updatedAt: string | null;
}

/** What the gateway sends for either of them. */
export interface CounterResult {
  readonly data?: { readonly counter?: LiveCounter | null } | null;
  readonly errors?: unknown;
}

/** Who is told of an operation. None of the three may throw. */
export interface Listener {
  readonly value: (counter: LiveCounter) => void;
  readonly state: (state: LiveState) => void;
  readonly refused: (refusal: Refusal) => void;
}

/** What is subscribed to, once for however many listeners. */
export interface Operation {
  /** What tells it from others, and names it to people. */
  readonly key: string;
  /** Whether the viewer is present by it. */
  readonly isPresence: boolean;
  readonly payload: { readonly query: string; readonly variables: object };
  readonly listeners: Set<Listener>;
  state: LiveState;
  /** The newest value; null: there is none yet. */
  last: LiveCounter | null;
  /** Why it does not run although there is a socket; null: nothing is against it. */
  refusal: Refusal | null;
  /** Under which id it runs; null: it does not. */
  id: string | null;
}

/** An operation that is being present on a page. */
export function viewingOperation(pageId: string): Operation {
  return operation(`viewing ${pageId}`, true, VIEWING, { pageId });
}

/** An operation that watches a counter. */
export function watchingOperation(pageId: string, name: string): Operation {
  return operation(`counterChanged ${name} ${pageId}`, false, COUNTER_CHANGED, { pageId, name });
}

function operation(key: string, isPresence: boolean, query: string, variables: object): Operation {
  return {
    ...{ key, isPresence, payload: { query, variables } },
    ...{ listeners: new Set<Listener>(), state: 'connecting', last: null },
    ...{ refusal: null, id: null },
  };
}
