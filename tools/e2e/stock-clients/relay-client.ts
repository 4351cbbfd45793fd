import { createClient } from 'graphql-ws';
import {
  Environment,
  Network,
  Observable,
  RecordSource,
  Store,
  requestSubscription,
  type GraphQLResponse,
  type RequestParameters,
  type Variables,
} from 'relay-runtime';
import { ARTIFACTS } from './relay-artifacts.js';
import { codeOf, socketOptions, type OpenStockClient } from './stock-client.js';

/** Relay with a network over graphql-ws; an error comes through as graphql-ws has given it. */
export const openRelay: OpenStockClient = (going) => {
  const socket = createClient(socketOptions(going));
  const ask = ({ name, text }: RequestParameters, variables: Variables) =>
    Observable.create<GraphQLResponse>((sink) =>
      socket.subscribe(
        { query: text ?? '', operationName: name, variables },
        {
          next: (result) => sink.next(result as GraphQLResponse),
          error: (cause) => sink.error(cause as Error),
          complete: () => sink.complete(),
        },
      ),
    );
  const environment = new Environment({
    network: Network.create(ask, ask),
    store: new Store(new RecordSource()),
  });
  return {
    subscribe: (name, variables, { data: show, failed }) => {
      const subscription = requestSubscription(environment, {
        subscription: ARTIFACTS[name],
        variables,
        onNext: show,
        onError: (cause) => failed(codeOf(cause)),
      });
      return () => subscription.dispose();
    },
    close: async () => socket.dispose(),
  };
};
