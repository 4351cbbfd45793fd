import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { HeadcountError } from '@headcount/protocol';

/**
 * The body of a signed request, from bytes to a checked message: `@Body(new
 * SignedBody(syncRequest))`. Runs after SignedGuard, so what nobody signed is never parsed.
 */
export class SignedBody<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(body: unknown): T {
    const parsed = this.schema.safeParse(parseJson(body));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') || 'the body';
    throw new HeadcountError('BAD_REQUEST', `${where}: ${issue?.message ?? 'not as agreed'}`);
  }
}

function parseJson(body: unknown): unknown {
  if (!(body instanceof Uint8Array)) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new HeadcountError('BAD_REQUEST', 'The body is not JSON.');
  }
}
