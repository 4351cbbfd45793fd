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
  readonly counter: LiveCounter;
}
