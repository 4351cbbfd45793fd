import { createServer, type ServerResponse } from 'node:http';
import { connect, Socket, type AddressInfo } from 'node:net';
import { writeAnswersAtOnce } from './one-write.js';

type Answer = (response: ServerResponse) => void;

let gathered: jest.SpyInstance;

beforeEach(() => {
  gathered = jest.spyOn(Socket.prototype, '_writev');
});

afterEach(() => gathered.mockRestore());

/** All that comes back for two requests on one connection, but for the date. */
async function answered(answer: Answer, atOnce: boolean): Promise<string> {
  const server = createServer((_request, response) => answer(response));
  if (atOnce) writeAnswersAtOnce(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  let text = '';
  for await (const bytes of socket.setEncoding('utf8')) text += String(bytes);
  await new Promise((resolve) => server.close(resolve));
  return text.replaceAll(/Date: .*\r\n/g, '');
}

const WHOLE: Answer = (response) => {
  const text = '{"page":"größer ✓"}';
  response.writeHead(200, { 'content-length': Buffer.byteLength(text) }).end(text);
};

it('sends an answer that is one text without gathering it', async () => {
  await answered(WHOLE, true);
  expect(gathered).not.toHaveBeenCalled();
});

const ANSWERS: readonly (readonly [string, Answer])[] = [
  ['a text with letters of several bytes', WHOLE],
  ['bytes', (response) => void response.end(Buffer.from([0, 255, 10]))],
  ['no body', (response) => void response.writeHead(204).end()],
  ['an empty body', (response) => void response.writeHead(200, { 'content-length': 0 }).end('')],
  ['a text in latin1', (response) => void response.end('größer', 'latin1')],
  ['a text larger than the buffers of a socket', (response) => void response.end('é'.repeat(3e6))],
  [
    'a body of several parts',
    (response) => {
      response.write('one');
      response.write(Buffer.from('two'));
      response.end('three');
    },
  ],
];

it.each(ANSWERS)('sends the same as Node alone: %s', async (_, answer) => {
  const alone = await answered(answer, false);
  expect(await answered(answer, true)).toBe(alone);
});

it('tells of an answer that was sent', async () => {
  const told: string[] = [];
  const answer: Answer = (response) => {
    response.on('finish', () => told.push('finish'));
    response.end('text', () => told.push('callback'));
  };
  await answered(answer, true);
  expect(told).toEqual(['finish', 'callback', 'finish', 'callback']);
});
