import type { ExecutionResult } from 'graphql';
import { formatGraphqlError } from '@headcount/platform';

/** The result of an operation as its client is shown it. */
export const shownResult = ({ data = null, errors }: ExecutionResult): object =>
  errors ? { data, errors: errors.map(formatGraphqlError) } : { data };
