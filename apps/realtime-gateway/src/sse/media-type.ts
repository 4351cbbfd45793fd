import { preferredType } from '@headcount/platform';

export const EVENT_STREAM = 'text/event-stream';

/** The headers of every stream: nobody on the way may keep it, compress it, or hold it back to send it in bulk. */
export const STREAM_HEADERS = {
  'content-type': `${EVENT_STREAM}; charset=utf-8`,
  'cache-control': 'no-cache, no-store, no-transform',
  'x-accel-buffering': 'no',
} as const;

/**
 * Throws HeadcountError NOT_ACCEPTABLE where the Accept header takes no event stream, or, where it
 * has to be `named`, only by a wildcard. Browsers name it for an EventSource, and never for an image or a form
 * that a foreign page has them ask for.
 */
export function requireEventStream(accept: string | undefined, isNamed: boolean): void {
  preferredType(accept, [EVENT_STREAM], { isNamed });
}

/** Whether the Accept header names event streams, as that of every EventSource does. */
export function namesEventStream(accept = ''): boolean {
  const names = accept.split(',').map((range) => range.split(';', 1)[0]?.trim().toLowerCase());
  return names.includes(EVENT_STREAM);
}
