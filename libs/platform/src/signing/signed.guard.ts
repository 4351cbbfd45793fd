import {
  Inject,
  Injectable,
  createParamDecorator,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HeadcountError, SIGNATURE_HEADERS, type InstanceId } from '@headcount/protocol';
import type { RequestVerifier } from './request-verifier.js';

/**
 * The verifier that SignedGuard asks; each app provides its own, since a gateway lets in its home
 * alone.
 */
export const REQUEST_VERIFIER = Symbol('REQUEST_VERIFIER');

const senders = new WeakMap<FastifyRequest, InstanceId>();

/**
 * Lets a request in only if it is signed for this instance and new. Paths below `/internal/` alone:
 * there the body arrives as bytes, which is what was signed.
 */
@Injectable()
export class SignedGuard implements CanActivate {
  constructor(@Inject(REQUEST_VERIFIER) private readonly verifier: RequestVerifier) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const taken = this.verifier.take({
      method: request.method,
      path: request.raw.url ?? '',
      header: (name) => [request.headers[name]].flat()[0],
      body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
    });
    if (taken.ok) {
      senders.set(request, taken.value);
      return true;
    }
    if (taken.error === 'WRONG_RECEIVER') {
      const reply = context.switchToHttp().getResponse<FastifyReply>();
      void reply.header(SIGNATURE_HEADERS.instance, this.verifier.me);
    }
    throw new HeadcountError(taken.error);
  }
}

/** The instance that signed the request, in a method behind SignedGuard. */
export const Sender = createParamDecorator((_: unknown, context: ExecutionContext): InstanceId => {
  const sender = senders.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (sender === undefined) throw new Error('Sender is for methods behind SignedGuard');
  return sender;
});
