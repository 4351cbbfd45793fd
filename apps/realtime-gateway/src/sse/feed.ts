import type { Logger } from '@nestjs/common';
import type { EventStream } from './event-stream.js';

/**
 * Writes frames as they come, until they end or the stream does. Never rejects: there is no other
 * answer left to give, so what fails is logged and cuts the connection, after which readers come back.
 */
export async function feed(
  stream: EventStream,
  frames: AsyncIterable<string>,
  logger: Pick<Logger, 'error'>,
): Promise<void> {
  try {
    for await (const frame of frames) stream.send(frame);
    stream.end();
  } catch (cause) {
    logger.error({ err: cause }, 'a stream failed');
    stream.destroy();
  }
}
