import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  HttpStatus,
  Inject,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { durabilityText } from '@headcount/counter-store';
import {
  Caller,
  IDS,
  PublicRead,
  ReadGrants,
  WHOLE_NUMBERS,
  problemOf,
  weighedByList,
  weighedByQuery,
  type Grants,
  type Ids,
  type Problem,
  type Subject,
} from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import { batchIn } from './batch-body.js';
import { MANY_DOCS, BATCH_DOCS } from './batch.docs.js';
import { ChangeRights } from './change-rights.js';
import { changeEach } from './change-each.js';
import { documentOf, type CounterDocument } from './counter-document.js';
import { COUNTERS_MAX, CountersService } from './counters.service.js';
import { counterRef, operationKeyOf, operationOf, readableRef } from './input.js';
import { operationKeyIn } from './request-headers.js';

/** A counter among others. */
interface NamedDocument extends CounterDocument {
  readonly page: string;
  readonly name: string;
}

/** What became of one change of a batch. */
type BatchResult =
  { readonly counter: NamedDocument; readonly replayed: boolean } | { readonly problem: Problem };

/** Many counters in one request. */
@Controller('/counters')
export class BatchController {
  constructor(
    @Inject(CountersService) private readonly counters: CountersService,
    @Inject(ChangeRights) private readonly rights: ChangeRights,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /** The same counter of many pages, in the order asked. */
  @PublicRead()
  @Get()
  @RouteConfig(weighedByQuery('page'))
  @MANY_DOCS
  async show(
    @Query('page') page: unknown,
    @Query('name') name: unknown,
    @ReadGrants() grants: Grants,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly counters: readonly NamedDocument[] }> {
    void reply.header('cache-control', 'no-store');
    const pages = page === undefined ? [] : [page].flat().map(textOf);
    if (pages.length > COUNTERS_MAX)
      throw new HeadcountError('BAD_REQUEST', `at most ${COUNTERS_MAX} pages are answered at once`);
    const called = name === undefined ? undefined : textOf(name);
    const values = await this.counters.readAll(
      pages.map((each) => readableRef(grants, each, called)),
    );
    const counters = values.map((value) => ({
      ...{ page: value.pageId, name: value.name },
      ...documentOf(value),
    }));
    return { counters };
  }

  /** Many changes, each for itself. */
  @Post()
  @HttpCode(HttpStatus.OK)
  @RouteConfig({ ...WHOLE_NUMBERS, ...weighedByList('changes') })
  @BATCH_DOCS
  async change(
    @Headers('idempotency-key') key: string | undefined,
    @Body() body: unknown,
    @Caller() caller: Subject,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly results: readonly BatchResult[] }> {
    const { changes, durability } = batchIn(body);
    const shared = key === undefined ? null : operationKeyIn(key);
    const changed = await changeEach(this.counters, changes, (read, at) => {
      const { page, name, amount, key: own } = read();
      const change = this.rights.change(caller, counterRef(page, name), amount);
      const operation =
        own === undefined
          ? operationOf(caller, change, shared, at)
          : operationOf(caller, change, operationKeyOf(own));
      return { ...change, operation, durability };
    });
    if (durability !== null) void reply.header('headcount-durability', durabilityText(durability));
    const results = changed.map((one): BatchResult => {
      if (!one.ok) return { problem: this.problem(one.error) };
      const { value, replayed } = one.value;
      const counter = { page: value.pageId, name: value.name, ...documentOf(value) };
      return { counter, replayed };
    });
    return { results };
  }

  private problem({ code, detail, fields }: HeadcountError): Problem {
    return problemOf(code, this.ids.uuid(), detail, fields);
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new HeadcountError('BAD_REQUEST', 'page and name are texts.');
}
