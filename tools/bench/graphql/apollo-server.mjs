/** Apollo on Fastify without Nest. */
import { ApolloServer } from '@apollo/server';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import fastify from 'fastify';
import { serveHelper } from '../helper.mjs';
import { SCHEMA, counterOf } from './schema.mjs';

const app = fastify();
const server = new ApolloServer({
  typeDefs: SCHEMA,
  resolvers: { Query: { counter: (_root, { pageId }) => counterOf(pageId) } },
  plugins: [fastifyApolloDrainPlugin(app)],
});
await server.start();
await app.register(fastifyApollo(server));
await app.listen({ host: '127.0.0.1', port: 0 });
serveHelper({ port: app.server.address().port });
