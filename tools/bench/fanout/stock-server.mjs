/** What Nest's documentation builds: GraphQLModule with Apollo on Fastify, subscriptions by graphql-ws, topics in memory. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Args, GraphQLModule, Resolver, Subscription } from '@nestjs/graphql';
import { ApolloDriver } from '@nestjs/apollo';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { valueOf } from './changes.mjs';
import { SCHEMA } from './schema.mjs';
import { countOf, servePublisher } from './serve-publisher.mjs';
import { Topics } from './topics.mjs';

const topics = new Topics();

class CounterResolver {
  counterChanged(page) {
    return topics.subscribe(page, valueOf(page, countOf(page)));
  }
}

class StockModule {}

// Decorators called as functions, since nothing is compiled here.
const method = Object.getOwnPropertyDescriptor(CounterResolver.prototype, 'counterChanged');
Subscription('counterChanged')(CounterResolver.prototype, 'counterChanged', method);
Args('pageId')(CounterResolver.prototype, 'counterChanged', 0);
Resolver()(CounterResolver);
Module({
  imports: [
    GraphQLModule.forRoot({
      driver: ApolloDriver,
      typeDefs: SCHEMA,
      subscriptions: { 'graphql-ws': true },
      playground: false,
    }),
  ],
  providers: [CounterResolver],
})(StockModule);

const app = await NestFactory.create(StockModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
await servePublisher(app.getHttpServer().address().port, (pages, count) => {
  for (const page of pages) topics.publish(page, valueOf(page, count));
});
