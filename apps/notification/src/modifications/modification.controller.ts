import { Body, Controller, HttpCode, HttpStatus, Inject, Param, Post, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller, bodyOf, weighedByList, type Subject } from '@headcount/platform';
import { orThrow } from '@headcount/protocol';
import { timeField } from '../rest/bodies.js';
import { MODIFY_ALL_DOCS, MODIFY_DOCS } from '../rest/docs.js';
import { ActingUsers, SCOPE_MODIFY } from '../users/acting-user.js';
import { MODIFICATIONS_MAX } from './modification.resolver.js';
import { ModificationsService, type PageModified } from './modifications.service.js';

/** What a POST must say. */
const modificationRequest = z.strictObject({
  eventId: z.string(),
  title: z.string().nullish(),
  url: z.string().nullish(),
  actor: z.string().nullish(),
  at: timeField.nullish(),
});
const EXAMPLE = '{"eventId":"article-17-saved-3"}';

const modificationsRequest = z.strictObject({
  modifications: z.array(modificationRequest.extend({ pageId: z.string() })).max(MODIFICATIONS_MAX),
});
const EXAMPLE_OF_ALL = '{"modifications":[{"pageId":"article/17","eventId":"article-17-saved-3"}]}';

/** Modifications over REST: the twins of the mutations, for systems that can send a webhook and no more. */
@Controller()
export class ModificationController {
  constructor(
    @Inject(ModificationsService) private readonly service: ModificationsService,
    @Inject(ActingUsers) private readonly users: ActingUsers,
  ) {}

  /** Counts an event once: 201 where it counts now, 200 where it was known. */
  @Post('/pages/:pageId/modifications')
  @MODIFY_DOCS
  async modify(
    @Param('pageId') pageId: string,
    @Body() body: unknown,
    @Caller() caller: Subject,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageModified> {
    this.users.demand(caller, SCOPE_MODIFY);
    const said = this.service.asked({ pageId, ...bodyOf(modificationRequest, body, EXAMPLE) });
    const asked = this.users.toldBy(caller, said);
    const modified = orThrow(await this.service.modify(asked));
    void reply.code(modified.counted ? HttpStatus.CREATED : HttpStatus.OK);
    return modified;
  }

  /** Counts each event once. */
  @Post('/modifications')
  @RouteConfig(weighedByList('modifications'))
  @HttpCode(HttpStatus.OK)
  @MODIFY_ALL_DOCS
  async modifyAll(
    @Body() body: unknown,
    @Caller() caller: Subject,
  ): Promise<{ readonly modifications: readonly PageModified[] }> {
    this.users.demand(caller, SCOPE_MODIFY);
    const asked = bodyOf(modificationsRequest, body, EXAMPLE_OF_ALL).modifications;
    // All are checked before the first one counts.
    const checked = asked.map((one) => this.users.toldBy(caller, this.service.asked(one)));
    const modified = await Promise.all(checked.map((one) => this.service.modify(one)));
    return { modifications: modified.map(orThrow) };
  }
}
