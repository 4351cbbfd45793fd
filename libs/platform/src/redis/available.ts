import { Logger } from '@nestjs/common';
import { isOutOfMemory } from '@headcount/counter-store';
import { HeadcountError } from '@headcount/protocol';

const logger = new Logger('Redis');

/** How Redis begins what is wrong with a command or a script, and not with itself (LOADING, OOM, READONLY …). */
const OUR_MISTAKE = 'ERR ';

/**
 * The answer of Redis to a read, or HeadcountError STORE_UNAVAILABLE whatever kept it from answering. A mistake of a script
 * looks the same to the caller and does not pass by itself, so it is logged.
 */
export async function available<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (isOutOfMemory(cause)) throw new HeadcountError('STORE_FULL');
    logMistake(cause);
    throw new HeadcountError('STORE_UNAVAILABLE');
  }
}

/**
 * The answer to a write. HeadcountError STORE_UNAVAILABLE where it was not sent, OUTCOME_UNKNOWN where nobody can say whether it was
 * made.
 */
export async function written<T>(
  { isReady }: { readonly isReady: () => boolean },
  write: () => Promise<T>,
): Promise<T> {
  if (!isReady()) throw new HeadcountError('STORE_UNAVAILABLE');
  try {
    return await write();
  } catch (cause) {
    if (isOutOfMemory(cause)) throw new HeadcountError('STORE_FULL');
    logMistake(cause);
    throw new HeadcountError('OUTCOME_UNKNOWN');
  }
}

function logMistake(cause: unknown): void {
  if (cause instanceof Error && cause.message.startsWith(OUR_MISTAKE)) logger.error(cause);
}
