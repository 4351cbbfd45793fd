import { Logger } from '@nestjs/common';
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
    if (cause instanceof Error && cause.message.startsWith(OUR_MISTAKE)) logger.error(cause);
    throw new HeadcountError('STORE_UNAVAILABLE');
  }
}
