/**
 * Keeps a number of HTTP connections busy, each with one request at a time, and counts the answers. Written on bare sockets
 * since the servers measured answer in little more time than a full HTTP client takes to ask: with one of those on its core
 * the load, and not the server, would be what is measured.
 *
 * Question `{ port, method, body, pages, connections, seconds }` -> answer `{ requests, seconds }`. All that was asked is
 * answered before the end, and counted. Anything but 200 fails the whole.
 */
import { connect } from 'node:net';
import { serveHelper } from '../helper.mjs';
import { seededRandom } from '../testing.mjs';

/** Requests made beforehand; gone through again and again. */
const REQUESTS = 8192;
/** Larger than any answer expected. */
const READ_BYTES = 16_384;

function requestsOf({ port, method, body, pages }) {
  const random = seededRandom(1);
  const content =
    body === undefined
      ? '\r\n'
      : `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  return Array.from({ length: REQUESTS }, () => {
    const page = pages[Math.floor(random() * pages.length)];
    return Buffer.from(
      `${method} /${page}/counter HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/json\r\n${content}`,
    );
  });
}

/** Whether `text` is one whole answer. Throws if it is one that was not expected. */
function isAnswer(text) {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1];
  if (!text.startsWith('HTTP/1.1 200 ') || length === undefined) {
    throw new Error(`A server under load answered ${text.slice(0, 500)}`);
  }
  return text.length >= headEnd + 4 + Number(length);
}

/** One connection: asks until `next` gives nothing more. Resolves when the last answer is there. */
function keepAsking(port, next) {
  return new Promise((resolve, reject) => {
    let received = '';
    const ask = () => {
      const request = next();
      if (request !== undefined) {
        socket.write(request);
        return;
      }
      resolve();
      socket.destroy();
    };
    const take = (bytes, buffer) => {
      received += buffer.latin1Slice(0, bytes);
      try {
        if (isAnswer(received)) {
          received = '';
          ask();
        }
      } catch (error) {
        socket.destroy(error);
      }
      return true;
    };
    const onread = { buffer: Buffer.allocUnsafe(READ_BYTES), callback: take };
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, onread }, ask);
    // After the last answer neither of these changes anything.
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('A server under load closed a connection')));
  });
}

async function load(question) {
  const requests = requestsOf(question);
  const startedMs = performance.now();
  const untilMs = startedMs + question.seconds * 1000;
  let sent = 0;
  const next = () => (performance.now() < untilMs ? requests[sent++ % requests.length] : undefined);
  await Promise.all(
    Array.from({ length: question.connections }, () => keepAsking(question.port, next)),
  );
  return { requests: sent, seconds: (performance.now() - startedMs) / 1000 };
}

serveHelper({}, load);
