import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { SIGNATURE_HEADERS, type InstanceId } from '@headcount/protocol';
import { systemIds } from '../sources.js';
import { newInstance } from './instance.js';
import { Keyring } from './keyring.js';
import { RequestVerifier } from './request-verifier.js';
import { SignedClient } from './signed-client.js';

const keyring = new Keyring([{ id: 'k1', secret: 'a secret for this test' }], 'gateway');
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
  const reasons: string[] = [];
  const client = new SignedClient({
    url: `http://127.0.0.1:${port}`,
    instance,
    keyring,
    timeoutMs: 20_000,
    onUnsigned: (reason) => reasons.push(reason),
  });
  const close = async (): Promise<void> => {
    await client.close();
    server.closeAllConnections();
    server.close();
  };
  return { client, held, reasons, close };
}

interface Said {
  readonly status: number;
  readonly body?: string;
  /** The header of that name. */
  readonly instance?: string;
}

const headerOf =
  (request: IncomingMessage) =>
  (name: string): string | undefined =>
    [request.headers[name]].flat()[0];

const signer = new RequestVerifier({ me: systemIds.instanceId(), keyring });

/** Answers, signed as it should be. */
function say(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body = '', instance }: Said,
): void {
  const signature = signer.signAnswer(headerOf(request), { status, instance, body }) ?? '';
  response.writeHead(status, {
    [SIGNATURE_HEADERS.answer]: signature,
    ...(instance !== undefined && { [SIGNATURE_HEADERS.instance]: instance }),
  });
  response.end(body);
}

/** What an instance with this id does: takes what is signed for it, else says why not. */
const asInstance = (me: InstanceId): Handler => {
  const verifier = new RequestVerifier({ me, keyring });
  return (request, response, body) => {
    const { method = '', url: path = '' } = request;
    const taken = verifier.take({ method, path, header: headerOf(request), body });
    if (taken.ok) say(request, response, { status: 200, body: '{"a":1}' });
    else if (taken.error === 'WRONG_RECEIVER')
      say(request, response, { status: 421, body: '{"code":"WRONG_RECEIVER"}', instance: me });
    else say(request, response, { status: 401, body: JSON.stringify({ code: taken.error }) });
  };
};

const answering =
  (status: number, body: string): Handler =>
  (request, response) =>
    say(request, response, { status, body });

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
    const { client, close } = await receiver((request, response) => {
      asked += 1;
      say(request, response, { status: 421, instance: systemIds.instanceId() });
    });
    expect(await client.call(call)).toMatchObject({ error: { code: 'REFUSED', status: 421 } });
    expect(asked).toBe(5);
    await close();
  });

  it('signs anew what was overtaken on the way, and sends nothing else twice', async () => {
    let asked = 0;
    const { client, held, close } = await receiver((request, response) => {
      asked += 1;
      if (asked === 1) say(request, response, { status: 401, body: '{"code":"REPLAYED"}' });
      else say(request, response, { status: 200, body: '{"a":2}' });
    });
    expect(await client.call(call)).toEqual({ ok: true, value: { a: 2 } });
    expect(asked).toBe(2);

    asked = 10;
    held.handler = (request, response) => {
      asked += 1;
      say(request, response, { status: 503, body: '{"code":"STORE_UNAVAILABLE"}' });
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
    ['an error that is no JSON', 502, '<html>', { code: 'REFUSED', status: 502, refusal: null }],
    ['an unknown code', 400, '{"code":"ODD"}', { code: 'REFUSED', status: 400, refusal: null }],
  ])('reports an answer that is %s', async (_, status, body, error) => {
    const { client, close } = await receiver(answering(status, body));
    expect(await client.call(call)).toMatchObject({ ok: false, error });
    await close();
  });

  describe('believes nobody without its keys', () => {
    const good = { status: 200, body: '{"a":1}' };
    /** An answer that is signed as `signed`, and then sent as `sent`. */
    const altered =
      (signed: Said, sent: Said): Handler =>
      (request, response) => {
        const { status, instance, body = '' } = signed;
        const signature = signer.signAnswer(headerOf(request), { status, instance, body }) ?? '';
        response.setHeader(SIGNATURE_HEADERS.answer, signature);
        if (sent.instance) response.setHeader(SIGNATURE_HEADERS.instance, sent.instance);
        response.writeHead(sent.status).end(sent.body);
      };
    const wrong = 'status 200, and the signature of the answer is wrong';

    it.each<[string, Handler, string]>([
      [
        'an answer without a signature',
        (_request, response) => void response.end('{"a":1}'),
        'status 200, and the answer is not signed',
      ],
      ['another body', altered(good, { ...good, body: '{"a":2}' }), wrong],
      ['another status', altered({ ...good, status: 201 }, good), wrong],
      ['another instance', altered(good, { ...good, instance: systemIds.instanceId() }), wrong],
      [
        'a signature that is none',
        (_request, response) =>
          void response.writeHead(200, { [SIGNATURE_HEADERS.answer]: 'x' }).end('{"a":1}'),
        wrong,
      ],
      [
        'a public port',
        (_request, response) => void response.writeHead(404).end('{"code":"NOT_FOUND"}'),
        'status 404, not signed: this is not the internal port of an app (see INTERNAL_HOST)',
      ],
      [
        'another deployment',
        (_request, response) => void response.writeHead(401).end('{"code":"BAD_SIGNATURE"}'),
        'BAD_SIGNATURE: it has none of our SIGNING_KEYS',
      ],
      [
        'a refusal that nobody signed',
        (_request, response) => void response.writeHead(401).end('{"code":"UNKNOWN_INSTANCE"}'),
        'status 401, and the answer is not signed',
      ],
    ])('%s', async (_, handler, detail) => {
      const { client, reasons, close } = await receiver(handler);
      expect(await client.call(call)).toEqual({ ok: false, error: { code: 'UNSIGNED', detail } });
      expect(reasons).toEqual([detail]);
      await close();
    });

    it('the answer to another call', async () => {
      const held: { first?: string } = {};
      const { client, close } = await receiver((request, response) => {
        const answered = { status: 200, body: '{"a":1}' };
        held.first ??= signer.signAnswer(headerOf(request), answered) ?? '';
        response.writeHead(200, { [SIGNATURE_HEADERS.answer]: held.first }).end('{"a":1}');
      });
      expect(await client.call(call)).toEqual({ ok: true, value: { a: 1 } });
      expect(await client.call(call)).toMatchObject({ error: { code: 'UNSIGNED' } });
      await close();
    });

    it('who sends it to another instance', async () => {
      const { client, close } = await receiver((_request, response) => {
        response.writeHead(421, { [SIGNATURE_HEADERS.instance]: systemIds.instanceId() }).end();
      });
      expect(await client.call(call)).toMatchObject({ error: { code: 'UNSIGNED' } });
      expect(client.receiver).toBeNull();
      await close();
    });
  });

  it('takes an empty answer where one is expected', async () => {
    const { client, close } = await receiver(answering(204, ''));
    expect(await client.call({ ...call, answer: z.undefined() })).toEqual({
      ok: true,
      value: undefined,
    });
    await close();
  });

  it('gives up on a receiver that does not answer, and is of use afterwards', async () => {
    const { client, held, close } = await receiver(() => undefined);
    const brief = { ...call, timeoutMs: 300 };
    expect(await client.call(brief)).toMatchObject({ error: { code: 'TIMEOUT' } });
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
