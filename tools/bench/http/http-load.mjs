/**
 * Keeps a number of HTTP connections busy, each with one request at a time, and counts the answers. Written on bare sockets
 * since the servers measured answer in little more time than a full HTTP client takes to ask: with one of those on its core
 * the load, and not the server, would be what is measured.
 *
 * Question `{ port, method, path, body, pages, connections, seconds }` -> answer `{ requests, seconds }`. All that was asked is
 * answered before the end, and counted. Anything but 200 fails the whole.
 */
import { connect } from 'node:net';
import { serveHelper } from '../helper.mjs';
import { seededRandom } from '../testing.mjs';
import { bodyOf, requestBytes } from './raw-http.mjs';

/** Requests made beforehand; gone through again and again. */
const REQUESTS = 8192;
/** Larger than any answer expected. */
const READ_BYTES = 16_384;

function requestsOf({ port, method, path, body, pages }) {
  const random = seededRandom(1);
  return Array.from({ length: REQUESTS }, () => {
    const page = pages[Math.floor(random() * pages.length)];
    return requestBytes({ port, method, page, path, body });
  });
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
        if (bodyOf(received) !== undefined) {
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
