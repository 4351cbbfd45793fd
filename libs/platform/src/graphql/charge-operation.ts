import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { HeadcountError, errorEntry } from '@headcount/protocol';
import { chargeWeight } from '../rate-limits/charge.js';
import { operationWeight } from '../rate-limits/weights.js';
import type { Admitted } from './admit.js';

/** Charges a request with what its operation weighs. The error of the operation where less than that is left; null: it may be executed. */
export async function chargeOperation(
  request: IncomingMessage,
  { operation, cost }: Admitted,
): Promise<GraphQLError | null> {
  try {
    await chargeWeight(request, operationWeight(operation, cost));
    return null;
  } catch (cause) {
    if (!(cause instanceof HeadcountError)) throw cause;
    const { code, message } = cause;
    const { httpStatus: status } = errorEntry(code);
    return new GraphQLError(message, { extensions: { code, http: { status } } });
  }
}
