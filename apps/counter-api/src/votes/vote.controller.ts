import { Body, Controller, Delete, Get, Inject, Param, Put } from '@nestjs/common';
import {
  Caller,
  demandNoFields,
  optionalFieldsOf,
  refuseOthers,
  type Subject,
} from '@headcount/platform';
import { SHOW_VOTE_DOCS, UNVOTE_DOCS, VOTE_DOCS } from './vote.docs.js';
import { VoteRequests } from './vote-requests.js';
import type { VoteValue } from './votes.service.js';

/** A vote as REST shows it. */
export interface VoteDocument {
  readonly voted: boolean;
  readonly choice: string | null;
  /** Only in the answer to a change: whether this request has made it. */
  readonly changed?: boolean;
  /** What the counter shows after it. */
  readonly count: number;
}

const VOTER = '/:webpageId/counters/:name/voters/:voter';
const FIELDS = new Set(['choice']);
const EXAMPLE = '{"choice":"red"}';

/** The voters of a counter over REST: the twins of `vote` and `unvote`. */
@Controller()
export class VoteController {
  constructor(@Inject(VoteRequests) private readonly requests: VoteRequests) {}

  /** The vote of one voter. */
  @Get(VOTER)
  @SHOW_VOTE_DOCS
  async show(
    @Param('webpageId') pageId: string,
    @Param('name') name: string,
    @Param('voter') voter: string,
    @Caller() caller: Subject,
  ): Promise<VoteDocument> {
    const { voted, choice, counter } = await this.requests.of({ pageId, name, voter }, caller);
    return { voted, choice, count: counter.count };
  }

  /** Votes, or changes the vote. */
  @Put(VOTER)
  @VOTE_DOCS
  async vote(
    @Param('webpageId') pageId: string,
    @Param('name') name: string,
    @Param('voter') voter: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
  ): Promise<VoteDocument> {
    const fields = optionalFieldsOf(body, EXAMPLE);
    refuseOthers(fields, FIELDS);
    const request = { pageId, name, voter, choice: fields.choice };
    return changedOf(await this.requests.vote(request, caller));
  }

  /** Takes the vote back. */
  @Delete(VOTER)
  @UNVOTE_DOCS
  async unvote(
    @Param('webpageId') pageId: string,
    @Param('name') name: string,
    @Param('voter') voter: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
  ): Promise<VoteDocument> {
    demandNoFields(body);
    return changedOf(await this.requests.unvote({ pageId, name, voter }, caller));
  }
}

function changedOf({ voted, choice, changed, counter }: VoteValue): VoteDocument {
  return { voted, choice, changed, count: counter.count };
}
