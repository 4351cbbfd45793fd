import { Logger } from '@nestjs/common';
import { isOutOfMemory } from '@headcount/counter-store';
import { HeadcountError } from '@headcount/protocol';
import { forgetReads } from './request-work.js';

const logger = new Logger('Redis');

/** How Redis begins what is wrong with a command or a script, and not with itself (LOADING, OOM, READONLY …). */
const OUR_MISTAKE = 'ERR ';

/**
 * The answer of Redis to a read, or HeadcountError: TOO_COMPLEX where the request may not ask any more, else STORE_UNAVAILABLE
 * whatever kept Redis from answering. A mistake of a script looks the same to the caller and does not pass by itself, so it
 * is logged.
 */
export async function available<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw answerTo(cause, 'STORE_UNAVAILABLE');
  }
}

/**
 * The answer to a write. HeadcountError STORE_UNAVAILABLE where it was not sent, TOO_COMPLEX where the request may not ask any
 * more, OUTCOME_UNKNOWN where it is not known whether it was made.
 */
export async function written<T>(
  { isReady }: { readonly isReady: () => boolean },
  write: () => Promise<T>,
): Promise<T> {
  if (!isReady()) throw new HeadcountError('STORE_UNAVAILABLE');
  try {
    const made = await write();
    forgetReads();
    return made;
  } catch (cause) {
    throw answerTo(cause, 'OUTCOME_UNKNOWN');
  }
}

function answerTo(cause: unknown, code: 'STORE_UNAVAILABLE' | 'OUTCOME_UNKNOWN'): HeadcountError {
  if (cause instanceof HeadcountError) return cause;
  if (isOutOfMemory(cause)) return new HeadcountError('STORE_FULL');
  if (cause instanceof Error && cause.message.startsWith(OUR_MISTAKE)) logger.error(cause);
  return new HeadcountError(code);
}
