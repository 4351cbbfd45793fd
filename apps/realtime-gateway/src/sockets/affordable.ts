import type { GraphQLError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { ConnectionRules } from './connection.js';

type Operate = ConnectionRules['operate'];

/** Begins operations as `operate` does, but for those that `refusalOf` finds to cost too much. */
export function affordable(
  operate: Operate,
  refusalOf: (asked: SubscribePayload) => GraphQLError | null,
): Operate {
  return (connection, visitor, id, payload) => {
    const refusal = refusalOf(payload);
    if (refusal === null) return operate(connection, visitor, id, payload);
    connection.fail(id, [refusal]);
    return null;
  };
}
