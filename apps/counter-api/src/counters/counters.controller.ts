import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  Inject,
  Param,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  Caller,
  HttpRules,
  PublicRead,
  ReadGrants,
  WHOLE_NUMBERS,
  type Grants,
  type Subject,
} from '@headcount/platform';
import { VoteRequests } from '../votes/vote-requests.js';
import type { VoteValue } from '../votes/votes.service.js';
import { ChangeRights } from './change-rights.js';
import { changeIn, voteIn, type VoteBody } from './change-body.js';
import { CounterAnswers } from './counter-answers.js';
import { documentOf, type CounterDocument } from './counter-document.js';
import { POST_DOCS, PUT_DOCS, SHOW_ONE_DOCS } from './counters.docs.js';
import { counterRef, readableRef } from './input.js';
import { VARY } from './media-type.js';

type VoteAsked = VoteBody & { readonly pageId: string; readonly name: string };

/** A counter after a vote, and the vote. */
type VotedDocument = CounterDocument & Pick<VoteValue, 'voted' | 'choice' | 'changed'>;

/** Every counter of a page over REST, by its name: the twins of the mutations and queries. */
@Controller()
export class CountersController {
  constructor(
    @Inject(CounterAnswers) private readonly answers: CounterAnswers,
    @Inject(ChangeRights) private readonly rights: ChangeRights,
    @Inject(VoteRequests) private readonly votes: VoteRequests,
  ) {}

  /** One counter. */
  @PublicRead()
  @Get('/:webpageId/counters/:name')
  @HttpRules({ hasEtag: true })
  @SHOW_ONE_DOCS
  show(
    @Param('webpageId') webpageId: string,
    @Param('name') name: string,
    @ReadGrants() grants: Grants,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CounterDocument | undefined> {
    void reply.header('vary', VARY);
    return this.answers.shown(readableRef(grants, webpageId, name), request, reply);
  }

  /** Raises or lowers it. */
  @Put('/:webpageId/counters/:name')
  @HttpRules({ hasEtag: true })
  @RouteConfig(WHOLE_NUMBERS)
  @PUT_DOCS
  async put(
    @Param('webpageId') webpageId: string,
    @Param('name') name: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CounterDocument> {
    const vote = voteIn(body);
    if (vote !== null) {
      await this.answers.demandShown(counterRef(webpageId, name), request);
      return this.vote({ ...vote, pageId: webpageId, name }, caller);
    }
    const { amount, durability } = changeIn(body);
    const change = this.rights.change(caller, counterRef(webpageId, name), amount);
    return this.answers.changed(change, durability, caller, request, reply);
  }

  /** The same, for those who hold that a PUT must not count twice. */
  @Post('/:webpageId/counters/:name')
  @HttpRules({ hasEtag: true })
  @HttpCode(HttpStatus.OK)
  @RouteConfig(WHOLE_NUMBERS)
  @POST_DOCS
  post(
    @Param('webpageId') webpageId: string,
    @Param('name') name: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CounterDocument> {
    return this.put(webpageId, name, body, caller, request, reply);
  }

  /** The vote of one voter: the same again changes nothing, with a key or without. */
  private async vote({ isFor, ...asked }: VoteAsked, caller: Subject): Promise<VotedDocument> {
    const { votes } = this;
    const { voted, choice, changed, counter } = await (isFor
      ? votes.vote(asked, caller)
      : votes.unvote(asked, caller));
    return { ...documentOf(counter), voted, choice, changed };
  }
}
