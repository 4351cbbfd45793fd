import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { SIGNATURE_HEADERS, type InstanceId } from '@headcount/protocol';
import { systemIds } from '../sources.js';
import { newInstance } from './instance.js';
import { Keyring } from './keyring.js';
import { RequestVerifier } from './request-verifier.js';
import { SignedClient } from './signed-client.js';

const keyring = new Keyring([{ id: 'k1', secret: 'a secret for this test' }]);
const call = { method: 'POST', path: '/x', body: {}, answer: z.object({ a: z.int() }) } as const;

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** A receiver that answers as the test says; the handler may change between calls. */
async function receiver(handler: Handler) {
  const held = { handler };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => held.handler(request, response, Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const instance = newInstance(systemIds.instanceId());
  const client = new SignedClient({
    url: `http://127.0.0.1:${port}`,
    instance,
    keyring,
    timeoutMs: 300,
  });
  const close = async (): Promise<void> => {
    await client.close();
    server.closeAllConnections();
    server.close();
  };
  return { client, held, close };
}

/** What an instance with this id does: takes what is signed for it, else says why not. */
const asInstance = (me: InstanceId): Handler => {
  const verifier = new RequestVerifier({ me, keyring });
  return (request, response, body) => {
    const header = (name: string): string | undefined => [request.headers[name]].flat()[0];
    const { method = '', url: path = '' } = request;
    const taken = verifier.take({ method, path, header, body });
    if (taken.ok) response.end('{"a":1}');
    else if (taken.error === 'WRONG_RECEIVER') {
      response
        .writeHead(421, { [SIGNATURE_HEADERS.instance]: me })
        .end('{"code":"WRONG_RECEIVER"}');
    } else response.writeHead(401).end(JSON.stringify({ code: taken.error }));
  };
};

const answering =
  (status: number, body: string): Handler =>
  (_request, response) =>
    void response.writeHead(status).end(body);

describe('a signed client', () => {
  it('finds out who the receiver is, and finds out again after its restart', async () => {
    const [first, second] = [systemIds.instanceId(), systemIds.instanceId()];
    const { client, held, close } = await receiver(asInstance(first));
    expect(await client.call(call)).toEqual({ ok: true, value: { a: 1 } });
    expect(client.receiver).toBe(first);
    held.handler = asInstance(second);
    expect(await client.call(call)).toEqual({ ok: true, value: { a: 1 } });
    expect(client.receiver).toBe(second);
    await close();
  });

  it('gives up on a receiver that is never the one it says', async () => {
    let asked = 0;
    const { client, close } = await receiver((_request, response) => {
      asked += 1;
      response.writeHead(421, { [SIGNATURE_HEADERS.instance]: systemIds.instanceId() }).end();
    });
    expect(await client.call(call)).toMatchObject({ error: { code: 'REFUSED', status: 421 } });
    expect(asked).toBe(5);
    await close();
  });

  it('signs anew what was overtaken on the way, and sends nothing else twice', async () => {
    let asked = 0;
    const { client, held, close } = await receiver((_request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(401).end('{"code":"REPLAYED"}');
      else response.end('{"a":2}');
    });
    expect(await client.call(call)).toEqual({ ok: true, value: { a: 2 } });
    expect(asked).toBe(2);

    asked = 10;
    held.handler = (_request, response) => {
      asked += 1;
      response.writeHead(503).end('{"code":"STORE_UNAVAILABLE"}');
    };
    expect(await client.call(call)).toEqual({
      ok: false,
      error: {
        code: 'REFUSED',
        status: 503,
        refusal: 'STORE_UNAVAILABLE',
        detail: 'STORE_UNAVAILABLE',
      },
    });
    expect(asked).toBe(11);
    await close();
  });

  it.each([
    ['no JSON', 200, 'hello', { code: 'BAD_ANSWER' }],
    ['another shape', 200, '{"a":"1"}', { code: 'BAD_ANSWER' }],
    ['nothing', 200, '', { code: 'BAD_ANSWER' }],
    ['a redirect', 302, '', { code: 'REFUSED', status: 302, refusal: null }],
    ['an error of some proxy', 502, '<html>', { code: 'REFUSED', status: 502, refusal: null }],
    ['an unknown code', 400, '{"code":"ODD"}', { code: 'REFUSED', status: 400, refusal: null }],
  ])('reports an answer that is %s', async (_, status, body, error) => {
    const { client, close } = await receiver(answering(status, body));
    expect(await client.call(call)).toMatchObject({ ok: false, error });
    await close();
  });

  it('takes an empty answer where one is expected', async () => {
    const { client, close } = await receiver(
      (_request, response) => void response.writeHead(204).end(),
    );
    expect(await client.call({ ...call, answer: z.undefined() })).toEqual({
      ok: true,
      value: undefined,
    });
    await close();
  });

  it('gives up on a receiver that does not answer, and is of use afterwards', async () => {
    const { client, held, close } = await receiver(() => undefined);
    expect(await client.call(call)).toMatchObject({ error: { code: 'TIMEOUT' } });
    held.handler = answering(200, '{"a":3}');
    expect(await client.call(call)).toEqual({ ok: true, value: { a: 3 } });
    await close();
  });

  it('ends calls under way where it is told not to wait for them', async () => {
    let arrived: () => void = () => undefined;
    const asked = new Promise<void>((done) => (arrived = done));
    const { client, close } = await receiver(() => arrived());
    const patient = client.call({ ...call, timeoutMs: 60_000 });
    await asked;
    await client.abort();
    expect(await patient).toMatchObject({ ok: false, error: { code: 'UNREACHABLE' } });
    await close();
  });

  it('says that nobody is there', async () => {
    const { client, close } = await receiver(() => undefined);
    await close();
    const instance = newInstance(systemIds.instanceId());
    const lone = new SignedClient({ url: client.url, instance, keyring });
    expect(await lone.call(call)).toMatchObject({ error: { code: 'UNREACHABLE' } });
    await lone.close();
  });
});
