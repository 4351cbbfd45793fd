/** Mercurius on Fastify, which compiles a document when it comes for the second time. */
import fastify from 'fastify';
import mercurius from 'mercurius';
import { serveHelper } from '../helper.mjs';
import { SCHEMA, counterOf } from './schema.mjs';

const app = fastify();
app.register(mercurius, {
  schema: SCHEMA,
  resolvers: { Query: { counter: (_root, { pageId }) => counterOf(pageId) } },
  jit: 1,
});
await app.listen({ host: '127.0.0.1', port: 0 });
serveHelper({ port: app.server.address().port });
