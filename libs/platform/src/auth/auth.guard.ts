import type { IncomingHttpHeaders } from 'node:http';
import {
  Inject,
  Injectable,
  createParamDecorator,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { HeadcountError, viewerIdFault, type Result } from '@headcount/protocol';
import { Authenticator, credentialsOf, type NoSubject } from './authenticator.js';
import type { AuthConfig } from '../config/auth-settings.js';
import { CONFIG } from '../platform.module.js';
import { Grants } from './grants.js';
import { PUBLIC, PUBLIC_READ } from './public.js';
import type { Subject } from './subject.js';

const subjects = new WeakMap<FastifyRequest, Subject>();
/** What the caller may read: of each request, however many methods it calls, the same. */
const readable = new WeakMap<FastifyRequest, Grants>();

/**
 * Lets in callers that are who they say, over REST and GraphQL alike, and whoever calls what is
 * Public, or PublicRead while READS is public.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(CONFIG) private readonly config: Pick<AuthConfig, 'READS'>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const marked = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, marked)) return true;
    const request = requestOf(context);
    const arePublic = this.config.READS === 'public';
    if (arePublic) {
      readable.set(request, Grants.ALL);
      if (this.reflector.getAllAndOverride<boolean>(PUBLIC_READ, marked)) return true;
    }
    const subject = subjectOf(await this.authenticator.ofRequest(request.headers), request.headers);
    subjects.set(request, subject);
    if (!arePublic) readable.set(request, subject.grants);
    return true;
  }
}

/** Throws HeadcountError with the code of the refusal; of an id in a header it says what is wrong with it. */
function subjectOf(found: Result<Subject, NoSubject>, headers: IncomingHttpHeaders): Subject {
  if (found.ok) return found.value;
  const { viewerId } = found.error === 'BAD_VIEWER_ID' ? credentialsOf(headers) : {};
  throw new HeadcountError(
    found.error,
    viewerId === undefined ? undefined : (viewerIdFault(viewerId) ?? undefined),
  );
}

/** Who calls, in a method behind AuthGuard. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Subject => {
  const subject = subjects.get(requestOf(context));
  if (subject === undefined) throw new Error('Caller is for methods behind AuthGuard');
  return subject;
});

/** Which pages may be shown, in a method behind AuthGuard: all where READS is public, else those of the token. */
export const ReadGrants = createParamDecorator((_: unknown, context: ExecutionContext): Grants => {
  const grants = readable.get(requestOf(context));
  if (grants === undefined) throw new Error('ReadGrants is for methods behind AuthGuard');
  return grants;
});

function requestOf(context: ExecutionContext): FastifyRequest {
  if (context.getType<string>() !== 'graphql') {
    return context.switchToHttp().getRequest<FastifyRequest>();
  }
  return GqlExecutionContext.create(context).getContext<{ req: FastifyRequest }>().req;
}
