import type { Connection } from '@headcount/platform';

/** A part of a list over REST; `next` goes on behind it as `after`, null: there is no more. */
export interface ListDocument<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** A connection as REST shows it. */
export function listOf<T, D>(
  { edges, pageInfo }: Connection<T>,
  show: (node: T) => D,
): ListDocument<D> {
  return {
    items: edges.map(({ node }) => show(node)),
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  };
}
