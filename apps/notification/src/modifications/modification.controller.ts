import { Body, Controller, HttpStatus, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { HeadcountError, orThrow } from '@headcount/protocol';
import { eventIdOf, pageIdOf } from './input.js';
import { ModificationsService, type PageModified } from './modifications.service.js';

/** What a POST must say. */
const modificationRequest = z.object({ eventId: z.string() });

/** Modifications over REST: the twin of the mutation, for systems that can send a webhook and no more. */
@Controller()
export class ModificationController {
  constructor(@Inject(ModificationsService) private readonly service: ModificationsService) {}

  /** Counts an event once: 201 where it counts now, 200 where it was known. */
  @Post('/pages/:pageId/modifications')
  async modify(
    @Param('pageId') pageId: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageModified> {
    const modified = orThrow(
      await this.service.modify(pageIdOf(pageId), eventIdOf(eventIdIn(body))),
    );
    void reply.code(modified.counted ? HttpStatus.CREATED : HttpStatus.OK);
    return modified;
  }
}

function eventIdIn(body: unknown): string {
  const request = modificationRequest.safeParse(body);
  if (request.success) return request.data.eventId;
  throw new HeadcountError(
    'BAD_REQUEST',
    'The body must be a JSON object such as {"eventId":"article-17-saved-3"}.',
  );
}
