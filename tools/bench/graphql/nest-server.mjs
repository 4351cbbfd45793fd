/** What Nest's documentation builds: GraphQLModule with Apollo on Fastify. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Args, GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ApolloDriver } from '@nestjs/apollo';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { serveHelper } from '../helper.mjs';
import { SCHEMA, counterOf } from './schema.mjs';

class CounterResolver {
  counter(pageId) {
    return counterOf(pageId);
  }
}

class StockModule {}

// Decorators called as functions, since nothing is compiled here.
const method = Object.getOwnPropertyDescriptor(CounterResolver.prototype, 'counter');
Query('counter')(CounterResolver.prototype, 'counter', method);
Args('pageId')(CounterResolver.prototype, 'counter', 0);
Resolver()(CounterResolver);
Module({
  imports: [GraphQLModule.forRoot({ driver: ApolloDriver, typeDefs: SCHEMA, playground: false })],
  providers: [CounterResolver],
})(StockModule);

const app = await NestFactory.create(StockModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
serveHelper({ port: app.getHttpServer().address().port });
