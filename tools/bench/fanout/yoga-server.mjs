/** GraphQL Yoga with its publisher, subscriptions by graphql-ws on the sockets of ws, as its documentation has it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { valueOf } from './changes.mjs';
import { firstThen } from './first-then.mjs';
import { SCHEMA } from './schema.mjs';
import { countOf, servePublisher } from './serve-publisher.mjs';

const pubSub = createPubSub();

const schema = createSchema({
  typeDefs: SCHEMA,
  resolvers: {
    Subscription: {
      counterChanged: {
        subscribe: (_root, { pageId }) =>
          firstThen(valueOf(pageId, countOf(pageId)), pubSub.subscribe(pageId)),
      },
    },
  },
});
const yoga = createYoga({ schema, logging: false });
const server = createServer(yoga);
useServer(
  {
    execute: ({ rootValue, ...args }) => rootValue.execute(args),
    subscribe: ({ rootValue, ...args }) => rootValue.subscribe(args),
    onSubscribe: async ({ extra }, _id, params) => {
      const enveloped = yoga.getEnveloped({ req: extra.request, socket: extra.socket, params });
      const { execute, subscribe, contextFactory, parse, validate } = enveloped;
      const args = {
        schema: enveloped.schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length > 0 ? errors : args;
    },
  },
  new WebSocketServer({ server, path: yoga.graphqlEndpoint }),
);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
await servePublisher(server.address().port, (pages, count) => {
  for (const page of pages) pubSub.publish(page, valueOf(page, count));
});
