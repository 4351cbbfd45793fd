import { createClient } from 'graphql-ws';
import { OPERATIONS } from './operations.js';
import { codeOf, socketOptions, type OpenStockClient } from './stock-client.js';

/** graphql-ws alone: an operation fails with the list of its errors, or with the close of the socket. */
export const openGraphqlWs: OpenStockClient = (going) => {
  const client = createClient(socketOptions(going));
  return {
    subscribe: (name, variables, { data: show, failed }) =>
      client.subscribe(
        { query: OPERATIONS[name], operationName: name, variables },
        {
          next: ({ data }) => show(data),
          error: (cause) => failed(codeOf(cause)),
          complete: () => undefined,
        },
      ),
    close: async () => client.dispose(),
  };
};
