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
import { orThrow } from '@headcount/protocol';
import { Authenticator } from './authenticator.js';
import { PUBLIC } from './public.js';
import type { Subject } from './subject.js';

const subjects = new WeakMap<FastifyRequest, Subject>();

/**
 * Lets in callers that are who they say, over REST and GraphQL alike, and whoever calls what is
 * Public.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const marked = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, marked)) return true;
    const request = requestOf(context);
    const subject = await this.authenticator.ofRequest(request.headers);
    subjects.set(request, orThrow(subject));
    return true;
  }
}

/** Who calls, in a method behind AuthGuard. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Subject => {
  const subject = subjects.get(requestOf(context));
  if (subject === undefined) throw new Error('Caller is for methods behind AuthGuard');
  return subject;
});

function requestOf(context: ExecutionContext): FastifyRequest {
  if (context.getType<string>() !== 'graphql') {
    return context.switchToHttp().getRequest<FastifyRequest>();
  }
  return GqlExecutionContext.create(context).getContext<{ req: FastifyRequest }>().req;
}
