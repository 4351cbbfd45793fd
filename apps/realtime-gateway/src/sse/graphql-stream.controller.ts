import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Logger,
  Options,
  Post,
  Put,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GRAPHQL_PARAMETERS, HttpRules, Public, demandJsonParameters } from '@headcount/platform';
import { HeadcountError, orThrow } from '@headcount/protocol';
import { Presence } from '../presence/presence.js';
import { ViewerQuotas } from '../quotas/viewer-quotas.js';
import { EventStreams } from './event-streams.js';
import { feed } from './feed.js';
import type { GraphqlStream } from './graphql-stream.js';
import { EVENT_STREAM, STREAM_HEADERS, requireEventStream } from './media-type.js';
import { OriginGuard } from './origin.guard.js';
import { Viewers } from './viewers.js';

/** What speaks graphql-sse. */
export const GRAPHQL_STREAM = Symbol('GRAPHQL_STREAM');

const SINGLE =
  'Only the distinct connections mode of graphql-sse is spoken here: make the client without singleConnection.';

/** GraphQL over server-sent events. Public to guards: who asks is settled here. */
@Public()
@HttpRules({ query: ['v'], types: 'own' })
@UseGuards(OriginGuard)
@Controller('graphql/stream')
export class GraphqlStreamController {
  private readonly logger = new Logger(GraphqlStreamController.name);

  constructor(
    @Inject(GRAPHQL_STREAM) private readonly handle: GraphqlStream,
    @Inject(EventStreams) private readonly streams: EventStreams,
    @Inject(Viewers) private readonly viewers: Viewers,
    @Inject(Presence) private readonly presence: Presence,
    @Inject(ViewerQuotas) private readonly quotas: ViewerQuotas,
  ) {}

  /** What a browser asks before a page's real request; OriginGuard answers it. */
  @Options()
  @HttpRules({ query: 'any' })
  @HttpCode(204)
  preflight(): void {
    return;
  }

  @Get()
  @HttpRules({ query: [...GRAPHQL_PARAMETERS, 'v'] })
  get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    demandJsonParameters(request.query);
    // Fastify sends HEAD here as well, and whoever asks for no body must not become present.
    if (request.method === 'HEAD') throw notAllowed(reply, 'A stream has no use without a body.');
    return this.stream(request, reply);
  }

  @Post()
  post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // With any other type a foreign page could have a browser send it without asking first.
    if (request.headers['content-type'] === undefined)
      throw new HeadcountError('UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json.');
    return this.stream(request, reply);
  }

  /** How a client of the single connection mode asks for its connection. */
  @Put()
  reserve(@Res({ passthrough: true }) reply: FastifyReply): never {
    throw notAllowed(reply, SINGLE);
  }

  /** How such a client ends an operation. */
  @Delete()
  complete(@Res({ passthrough: true }) reply: FastifyReply): never {
    throw notAllowed(reply, SINGLE);
  }

  private async stream(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    requireEventStream(request.headers.accept, true);
    const { expiresAtMs, ...identity } = orThrow(await this.viewers.of(request));
    const { stream, holder } = orThrow(this.streams.take(reply.raw, identity));
    const visitor = { socketId: stream.socketId, ...identity, holder };
    this.streams.endWhenExpired(stream, expiresAtMs);
    // Whatever becomes of the operation: nobody stays who has no connection.
    stream.onClose(() => this.presence.leave(visitor));
    // Held until the stream closes, with all else that it holds.
    this.quotas.holdText(holder, request.url.length + JSON.stringify(request.body ?? '').length);
    const [body, { status, headers = {} }] = await this.handle({
      method: request.method,
      url: request.url,
      // The handler compares the whole header, which may name others after this one.
      headers: {
        get: (name) => (name === 'accept' ? EVENT_STREAM : headerOf(request, name)),
      },
      body: request.body as Record<string, unknown> | null,
      raw: null,
      context: { visitor, stream, request: request.raw },
    });
    if (body === null || typeof body === 'string') {
      await reply
        .code(status)
        .headers(headers)
        .send(body ?? '');
      return;
    }
    reply.hijack();
    stream.begin({ ...reply.getHeaders(), ...STREAM_HEADERS });
    stream.onClose(() => void body.return(undefined));
    await feed(stream, body, this.logger);
  }
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function notAllowed(reply: FastifyReply, detail: string): HeadcountError {
  void reply.header('allow', 'GET, POST, OPTIONS');
  return new HeadcountError('METHOD_NOT_ALLOWED', detail);
}
