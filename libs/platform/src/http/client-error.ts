import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '@headcount/protocol';
import { answerOnSocket } from './refusal.js';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  HPE_HEADER_OVERFLOW: 'PAYLOAD_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'PAYLOAD_TOO_LARGE',
};

/**
 * Answers what is no request of HTTP, or has not arrived in time, with problem details too, and closes. Where an answer is
 * under way nothing is said: it would come to stand in the middle of that.
 */
export function answerClientError(
  { code = '' }: NodeJS.ErrnoException,
  socket: Socket & { readonly _httpMessage?: ServerResponse | null },
): void {
  if (!socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  answerOnSocket(socket, CODES[code] ?? 'BAD_REQUEST');
}
