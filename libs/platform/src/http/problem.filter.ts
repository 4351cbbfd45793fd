import { Catch, Inject, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HeadcountError } from '@headcount/protocol';
import { IDS, type Ids } from '../sources.js';
import { AllowedMethods } from './allowed-methods.js';
import { pathOf } from './path-of.js';
import { NotModified } from './preconditions.js';
import { PROBLEM_MEDIA_TYPE, codeOf, problemOf } from './problem.js';

const NO_MORE = { detail: undefined, fields: [] } as const;

/**
 * Answers every failed HTTP request with problem details, and logs what is our fault, once. To OPTIONS, for which there is
 * no route, it says what else there is.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(
    @Inject(IDS) private readonly ids: Ids,
    @Inject(AllowedMethods) private readonly allowed: AllowedMethods,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    // GraphQL has its own form of errors, and its driver logs and formats them.
    if (host.getType<string>() !== 'http') throw thrown;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (thrown instanceof NotModified) {
      void reply.code(304).send();
      return;
    }
    const methods = request.is404 ? this.allowed.at(pathOf(request)) : [];
    if (methods.length > 0 && request.method === 'OPTIONS') {
      void reply
        .code(204)
        .header('allow', [...methods, 'OPTIONS'].sort().join(', '))
        .send();
      return;
    }
    if (methods.length > 0) void reply.header('allow', methods.join(', '));

    const code = methods.length > 0 ? 'METHOD_NOT_ALLOWED' : codeOf(thrown);
    const { detail, fields } = thrown instanceof HeadcountError ? thrown : NO_MORE;
    const problem = problemOf(code, this.ids.uuid(), detail, fields);
    if (thrown instanceof HeadcountError && thrown.retryAfterSeconds !== null)
      void reply.header('retry-after', String(thrown.retryAfterSeconds));
    if (code === 'INTERNAL') {
      this.logger.error({ err: thrown, problem: problem.instance }, 'request failed');
    }
    // As a text, for Fastify turns objects into JSON only under media types that it knows.
    void reply.code(problem.status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem));
  }
}
