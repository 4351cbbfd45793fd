import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Logger,
  Options,
  Param,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, HttpRules, Public } from '@headcount/platform';
import { VIEWERS, orThrow } from '@headcount/protocol';
import type { GatewayConfig } from '../gateway-settings.js';
import { demandPages, type Visitor } from '../presence/visitor.js';
import { Subscriptions, type Reader, type Values } from '../subscriptions/subscriptions.js';
import { RETRY_FRAME, counterEvent } from './counter-event.js';
import type { EventStream } from './event-stream.js';
import { EventStreams } from './event-streams.js';
import { STREAM_HEADERS, requireEventStream } from './media-type.js';
import { feed } from './feed.js';
import { OriginGuard } from './origin.guard.js';
import { pageStreamAsked, type PageStreamAsked } from './page-stream-asked.js';
import { Viewers } from './viewers.js';

/**
 * One counter as plain events, for EventSource and curl. Public to guards: who wants to be present, or reads
 * where READS is token, is asked here.
 */
@Public()
@UseGuards(OriginGuard)
@Controller('pages/:pageId/stream')
export class PageStreamController {
  private readonly logger = new Logger(PageStreamController.name);

  constructor(
    @Inject(Subscriptions) private readonly subscriptions: Subscriptions,
    @Inject(EventStreams) private readonly streams: EventStreams,
    @Inject(Viewers) private readonly viewers: Viewers,
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'READS'>,
  ) {}

  /** What a browser asks before a page's real request; OriginGuard answers it. */
  @Options()
  @HttpRules({ query: 'any', types: 'own' })
  @HttpCode(204)
  preflight(): void {
    return;
  }

  /** `lastEventId` is what polyfills of EventSource add when they come back. */
  @Get()
  @HttpRules({ query: ['name', 'viewing', 'v', 'lastEventId'], types: 'own' })
  async stream(
    @Param('pageId') pageId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = pageStreamAsked(pageId, request.query);
    requireEventStream(request.headers.accept, asked.viewing);
    const isAsked = asked.viewing || this.config.READS === 'token';
    const identity = isAsked ? orThrow(await this.viewers.of(request)) : null;
    if (identity !== null) demandPages(identity, [asked]);
    // Fastify sends HEAD here as well, and whoever asks for no body must not become present.
    if (request.method === 'HEAD') return void (await reply.headers(STREAM_HEADERS).send());
    const taken = this.streams.take(reply.raw, identity);
    // An EventSource comes back after a stream that ends, but takes an error for the end.
    if (!taken.ok && taken.error.code === 'SHUTTING_DOWN')
      return void (await reply.headers(STREAM_HEADERS).send(RETRY_FRAME));
    const { stream, holder } = orThrow(taken);
    const { socketId } = stream;
    if (identity !== null) this.streams.endWhenExpired(stream, identity.expiresAtMs);
    const visitor = asked.viewing && identity !== null ? { socketId, holder, ...identity } : null;
    const values = this.open(asked, { visitor, holder }, stream);
    reply.hijack();
    stream.begin({ ...reply.getHeaders(), ...STREAM_HEADERS });
    await feed(stream, framesOf(values, stream), this.logger);
  }

  /** Begins to read, and to be present for a visitor, both until the stream closes. */
  private open(
    asked: PageStreamAsked,
    { visitor, holder }: Reader & { readonly visitor: Visitor | null },
    stream: EventStream,
  ): Values {
    const present = visitor && this.subscriptions.viewing(visitor, asked.pageId);
    if (present !== null) stream.onClose(() => present.end());
    if (present !== null && asked.name === VIEWERS) return present;
    const watched = this.subscriptions.counterChanged({ holder }, asked);
    stream.onClose(() => watched.end());
    return watched;
  }
}

/** Each value, once the reader has room for it; the newest waits meanwhile, and takes the place of older ones. */
async function* framesOf(values: Values, stream: EventStream): AsyncGenerator<string, void> {
  yield RETRY_FRAME;
  for await (const value of values) {
    yield counterEvent(value);
    await stream.ready();
  }
}
