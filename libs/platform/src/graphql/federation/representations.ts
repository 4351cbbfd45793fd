/** How a router asks for entities: by their keys (https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec). */
import { GraphQLScalarType } from 'graphql';
import type { z } from 'zod';
import { HeadcountError } from '@headcount/protocol';

/** A representation of an entity: its type and its key, as the router has them from elsewhere. */
export const Representation = new GraphQLScalarType<unknown, unknown>({ name: '_Any' });

/** Most entities of one question. */
export const ENTITIES_MAX = 1000;

/**
 * What each representation leads to; an error stands in the place of one that is of no known form or is refused, so that the
 * others are answered. Throws HeadcountError BAD_REQUEST for more than ENTITIES_MAX.
 */
export function entitiesOf<R, T>(
  representations: readonly unknown[],
  shape: z.ZodType<R>,
  find: (representation: R) => T,
): (T | HeadcountError)[] {
  if (representations.length > ENTITIES_MAX)
    throw new HeadcountError(
      'BAD_REQUEST',
      `at most ${ENTITIES_MAX} entities are answered at once`,
    );
  return representations.map((representation) => {
    const read = shape.safeParse(representation);
    if (!read.success)
      return new HeadcountError(
        'BAD_REQUEST',
        'The representation is of no entity that this app has.',
      );
    try {
      return find(read.data);
    } catch (cause) {
      if (cause instanceof HeadcountError) return cause;
      throw cause;
    }
  });
}
