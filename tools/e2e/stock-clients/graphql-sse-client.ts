import { createClient } from 'graphql-sse';
import { OPERATIONS } from './operations.js';
import { streamUrl, type OpenStockClient } from './stock-client.js';

/** graphql-sse with distinct connections: an operation that is refused ends with a result that has errors. */
export const openGraphqlSse: OpenStockClient = (going) => {
  const client = createClient({
    url: streamUrl(going),
    headers: { 'x-headcount-user': going.viewerId },
  });
  return {
    subscribe: (name, variables, { data: show, failed }) =>
      client.subscribe(
        { query: OPERATIONS[name], operationName: name, variables },
        {
          next: ({ data, errors }) => {
            if (errors) failed(errors[0]?.extensions?.code);
            else show(data);
          },
          error: (cause) => failed(cause),
          complete: () => undefined,
        },
      ),
    close: () => client.dispose(),
  };
};
