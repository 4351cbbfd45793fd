import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '@headcount/protocol';
import { hasUnknownMethod } from './http-server.js';
import { answerOnSocket } from './refusal.js';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'PAYLOAD_TOO_LARGE',
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_INVALID_VERSION: 'BAD_HTTP_VERSION',
  HPE_PAUSED_H2_UPGRADE: 'BAD_HTTP_VERSION',
};

/**
 * Answers what is no request of HTTP, or has not arrived in time, with problem details too, and closes. Where an answer is
 * under way nothing is said: it would come to stand in the middle of that.
 */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket & { readonly _httpMessage?: ServerResponse | null },
): void {
  if (!socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  answerOnSocket(socket, codeOf(error));
}

/** Node's parser hands over the bytes that it could not read, and how many before them it could. */
function codeOf(error: NodeJS.ErrnoException): ErrorCode {
  const { code = '' } = error;
  const { rawPacket, bytesParsed = 0 } = error as { rawPacket?: Buffer; bytesParsed?: number };
  if (code === 'HPE_INVALID_METHOD' && rawPacket && hasUnknownMethod(rawPacket))
    return 'NOT_IMPLEMENTED';
  // It is the address that is too long where no line of the head has ended before.
  if (code === 'HPE_HEADER_OVERFLOW' && rawPacket && isInAddress(rawPacket, bytesParsed))
    return 'URI_TOO_LONG';
  return CODES[code] ?? 'BAD_REQUEST';
}

const isInAddress = (packet: Buffer, parsed: number): boolean =>
  /^ HTTP\/1\.[01]\r?\n/.test(packet.toString('latin1', parsed, parsed + 12)) &&
  !packet.subarray(0, parsed).includes('\n');
