/** Mercurius on Fastify, subscriptions by its own publisher. */
import fastify from 'fastify';
import mercurius from 'mercurius';
import { valueOf } from './changes.mjs';
import { firstThen } from './first-then.mjs';
import { SCHEMA } from './schema.mjs';
import { countOf, servePublisher } from './serve-publisher.mjs';

const app = fastify();

app.register(mercurius, {
  schema: SCHEMA,
  resolvers: {
    Subscription: {
      counterChanged: {
        subscribe: (_root, { pageId }, { pubsub }) =>
          pubsub
            .subscribe(pageId)
            .then((changes) => firstThen(valueOf(pageId, countOf(pageId)), changes)),
      },
    },
  },
  subscription: true,
});
await app.listen({ host: '127.0.0.1', port: 0 });
await servePublisher(app.server.address().port, (pages, count) => {
  for (const page of pages) {
    void app.graphql.pubsub.publish({ topic: page, payload: valueOf(page, count) });
  }
});
