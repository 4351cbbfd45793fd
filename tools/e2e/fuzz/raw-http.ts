/** HTTP as a hostile client speaks it: bytes on a socket of their own, which no library has put right before. */
import { connect } from 'node:net';

/** A request as it goes out. Header values and target may hold any bytes; they are written as they are. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
}

/** What came back; status null: the connection was closed, or kept, without an answer. */
export interface RawAnswer {
  readonly status: number | null;
  readonly contentType: string;
  readonly body: string;
}

/** Patience for an answer, in milliseconds; after half of it the client says that nothing more will come. */
const PATIENCE_MS = 20_000;

/** The bytes of a request. A length is added where there is a body and no header says one. */
export function bytesOf({ method, target, headers, body }: RawRequest): Buffer {
  const payload = Buffer.from(body ?? '', 'utf8');
  const says = (wanted: string): boolean => headers.some(([name]) => name.toLowerCase() === wanted);
  const framed = body === null || says('content-length') || says('transfer-encoding');
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(framed ? [] : [`content-length: ${payload.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8'), payload]);
}

/** Sends it and reads until the server closes. Rejects where nobody listens. */
export function send(url: string, request: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const parts: Buffer[] = [];
    const impatience = setTimeout(() => socket.end(), PATIENCE_MS / 2);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('connect', () => socket.write(bytesOf(request)));
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(impatience);
      resolve(answerOf(Buffer.concat(parts)));
    });
  });
}

function answerOf(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.subarray(0, Math.max(end, 0)).toString('latin1');
  // A server may say first that it is ready for the body.
  if (/^HTTP\/1\.1 100 /.test(head)) return answerOf(bytes.subarray(end + 4));
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  // What comes behind the answer is one to bytes that the server took for another request.
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Infinity);
  const rest = bytes.subarray(end + 4, end + 4 + length);
  const isChunked = /\r\ntransfer-encoding: chunked/i.test(head);
  return {
    status: status === undefined ? null : Number(status),
    contentType: /\r\ncontent-type: ([^\r]*)/i.exec(head)?.[1] ?? '',
    body: (isChunked ? unchunked(rest) : rest).toString('utf8'),
  };
}

function unchunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const length = parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (lineEnd < 0 || !(length > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
}
