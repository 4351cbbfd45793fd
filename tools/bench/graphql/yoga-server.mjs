/** GraphQL Yoga on Node's own server, as its documentation has it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { serveHelper } from '../helper.mjs';
import { SCHEMA, counterOf } from './schema.mjs';

const schema = createSchema({
  typeDefs: SCHEMA,
  resolvers: { Query: { counter: (_root, { pageId }) => counterOf(pageId) } },
});
const server = createServer(createYoga({ schema, logging: false }));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
serveHelper({ port: server.address().port });
