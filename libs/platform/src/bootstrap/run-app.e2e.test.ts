/**
 * Goal    an app behaves at its edges as every app must: health, metrics, errors, limits, stop.
 * Method  a small app of its own on a real port, spoken to over real sockets.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Module,
  Param,
  Post,
  Put,
  UseGuards,
} from '@nestjs/common';
import { z } from 'zod';
import { HeadcountError, SIGNATURE_HEADERS, type InstanceId } from '@headcount/protocol';
import { TEST_SIGNING_KEYS } from '@headcount/testing';
import { AuthGuard, Caller } from '../auth/auth.guard.js';
import type { Subject } from '../auth/subject.js';
import { loadConfig } from '../config/load-config.js';
import { portSetting } from '../config/kinds.js';
import { commonSettings } from '../config/shared-settings.js';
import { Readiness } from '../health/readiness.js';
import { Metrics } from '../metrics/metrics.js';
import { INSTANCE, newInstance, type Instance } from '../signing/instance.js';
import { Keyring } from '../signing/keyring.js';
import { Keyrings } from '../signing/keyrings.js';
import { RequestVerifier } from '../signing/request-verifier.js';
import { SignedBody } from '../signing/signed-body.pipe.js';
import { SignedClient } from '../signing/signed-client.js';
import { REQUEST_VERIFIER, Sender, SignedGuard } from '../signing/signed.guard.js';
import { systemIds } from '../sources.js';
import { runApp, type RunningApp } from './run-app.js';
import { StartError } from './start-error.js';

const message = z.strictObject({ word: z.string() });
const settings = { ...commonSettings, TEST_PORT: portSetting('Where the test listens.', 0) };
const config = loadConfig(settings, { LOG_LEVEL: 'silent', SIGNING_KEYS: TEST_SIGNING_KEYS });

@Controller()
class TestController {
  constructor(@Inject(INSTANCE) private readonly instance: Instance) {}

  @Get(':page/counter')
  read(@Param('page') page: string): { page: string } {
    if (page === 'refused') throw new HeadcountError('STORE_UNAVAILABLE', 'Redis is away.');
    if (page === 'broken') throw new Error('the password is 12345');
    return { page };
  }

  @Put(':page/counter')
  write(@Body() body: unknown): unknown {
    return body;
  }

  @Get('me')
  @UseGuards(AuthGuard)
  me(@Caller() caller: Subject): Subject {
    return caller;
  }

  @Post('internal/v1/echo')
  @HttpCode(200)
  @UseGuards(SignedGuard)
  echo(
    @Sender() sender: InstanceId,
    @Body(new SignedBody(message)) body: z.infer<typeof message>,
  ): { sender: string; me: string; word: string } {
    return { sender, me: this.instance.id, word: body.word };
  }
}

@Module({
  controllers: [TestController],
  providers: [
    {
      provide: REQUEST_VERIFIER,
      useFactory: (me: Instance, keyrings: Keyrings) =>
        new RequestVerifier({ me: me.id, keyring: keyrings.of('gateway') }),
      inject: [INSTANCE, Keyrings],
    },
  ],
})
class TestModule {}

const start = (port = 0, all = config): Promise<RunningApp> =>
  runApp({
    name: 'test',
    module: TestModule,
    config: { ...all, TEST_PORT: port },
    portSetting: 'TEST_PORT',
  });

describe('an app', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await start();
  });
  afterAll(() => app.close());

  const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(app.url + path, init);
  const inside = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(app.internalUrl + path, init);
  const json = { 'content-type': 'application/json' };

  async function problemAt(
    path: string,
    init?: RequestInit,
    asking = ask,
  ): Promise<Record<string, unknown>> {
    const response = await asking(path, init);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({
      status: response.status,
      type: expect.stringMatching(/^urn:headcount:problem:/),
      title: expect.any(String),
      instance: expect.stringMatching(/^urn:uuid:/),
    });
    return problem;
  }

  describe('tells how it is', () => {
    it('is alive and ready, on both ports', async () => {
      for (const url of [app.url, app.internalUrl])
        for (const path of ['/health/live', '/health/ready'])
          expect((await fetch(url + path)).status).toBe(200);
    });

    it('says what is wrong while it is not ready, and stays alive', async () => {
      const readiness = app.nest.get(Readiness);
      readiness.add('redis', () => 'no connection to 127.0.0.1:6379');
      const bare = await ask('/health/ready');
      expect([bare.status, await bare.json()]).toEqual([503, { status: 'error' }]);
      const answer = await inside('/health/ready');
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        status: 'error',
        error: { redis: { status: 'down', message: 'no connection to 127.0.0.1:6379' } },
      });
      expect((await ask('/health/live')).status).toBe(200);
      readiness.add('redis', () => null);
      expect((await ask('/health/ready')).status).toBe(200);
    });

    it('shows its metrics, its own under our prefix', async () => {
      app.nest.get(Metrics).counter({ name: 'tests_total', help: 'Tests.' }).inc(3);
      const answer = await inside('/metrics');
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
      const text = await answer.text();
      expect(text).toContain('headcount_tests_total{app="test"} 3');
      expect(text).toContain('nodejs_eventloop_lag_seconds');
    });
  });

  describe('answers failures with problem details', () => {
    it.each([
      ['a refusal of ours', '/refused/counter', {}, 503, 'STORE_UNAVAILABLE'],
      ['an unknown address', '/nothing/at/all', {}, 404, 'NOT_FOUND'],
      ['a wrong method', '/a/counter', { method: 'DELETE' }, 405, 'METHOD_NOT_ALLOWED'],
      ['bad JSON', '/a/counter', { method: 'PUT', headers: json, body: '{' }, 400, 'BAD_REQUEST'],
      [
        'a member given twice',
        '/a/counter',
        { method: 'PUT', headers: json, body: '{"a":1,"a":2}' },
        400,
        'BAD_REQUEST',
      ],
      [
        'a poisoned body',
        '/a/counter',
        { method: 'PUT', headers: json, body: '{"__proto__":1}' },
        400,
        'BAD_REQUEST',
      ],
      [
        'another media type',
        '/a/counter',
        { method: 'PUT', body: 'text' },
        415,
        'UNSUPPORTED_MEDIA_TYPE',
      ],
      [
        'a large body',
        '/a/counter',
        { method: 'PUT', headers: json, body: `"${'x'.repeat(70_000)}"` },
        413,
        'PAYLOAD_TOO_LARGE',
      ],
      ['a bad encoding', '/%zz/counter', {}, 400, 'BAD_REQUEST'],
    ])('%s', async (_, path, init, status, code) => {
      expect(await problemAt(path, init)).toMatchObject({ status, code });
    });

    it('lists the methods that there are', async () => {
      const answer = await ask('/a/counter', { method: 'POST' });
      expect(answer.headers.get('allow')).toBe('GET, HEAD, PUT');
    });

    it('shows the detail of a refusal, and nothing of an exception', async () => {
      expect(await problemAt('/refused/counter')).toMatchObject({ detail: 'Redis is away.' });
      const broken = await problemAt('/broken/counter');
      expect(broken).toMatchObject({ status: 500, code: 'INTERNAL' });
      expect(JSON.stringify(broken)).not.toMatch(/password|Error|\.ts/);
    });
  });

  it('takes a page id of 256 bytes, each percent-encoded', async () => {
    const page = '%C3%A4'.repeat(128);
    expect(await (await ask(`/${page}/counter`)).json()).toEqual({ page: 'ä'.repeat(128) });
  });

  it('tells browsers not to guess', async () => {
    expect((await ask('/a/counter')).headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('knows its callers', async () => {
    const known = await ask('/me', { headers: { 'x-headcount-user': 'ann' } });
    expect(await known.json()).toMatchObject({ kind: 'viewer', id: 'ann' });
    expect(await (await ask('/me')).json()).toMatchObject({ kind: 'anonymous' });
    const bad = { headers: { 'x-headcount-user': 'a'.repeat(129) } };
    expect(await problemAt('/me', bad)).toMatchObject({ status: 400, code: 'BAD_VIEWER_ID' });
  });

  describe('with signed requests', () => {
    const keyring = new Keyring(config.SIGNING_KEYS, 'gateway');
    const instance = newInstance(systemIds.instanceId());
    const answer = z.object({ sender: z.string(), me: z.string(), word: z.string() });
    const call = (word: unknown) =>
      ({ method: 'POST', path: '/internal/v1/echo', body: { word }, answer }) as const;
    /** The first line of the answer to a request of which only the head is sent. */
    const firstLine = async (header: string): Promise<string> => {
      const socket = connect(app.internalPort, '127.0.0.1');
      const head =
        'POST /internal/v1/echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json';
      socket.write(`${head}\r\n${header}\r\n\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return answer.toString().split('\r\n', 1)[0] ?? '';
    };
    let client: SignedClient;
    beforeAll(() => {
      client = new SignedClient({ url: app.internalUrl, instance, keyring });
    });
    afterAll(() => client.close());

    it('learns who answers, and is known to it', async () => {
      expect(client.receiver).toBeNull();
      const said = await client.call(call('hello'));
      const me = app.nest.get<Instance>(INSTANCE).id;
      expect(said).toEqual({ ok: true, value: { sender: instance.id, me, word: 'hello' } });
      expect(client.receiver).toBe(me);
    });

    it('lets in many at once, whichever overtakes which', async () => {
      const words = Array.from({ length: 50 }, (_, at) => String(at));
      const said = await Promise.all(words.map((word) => client.call(call(word))));
      expect(said.map((one) => one.ok && one.value.word)).toEqual(words);
    });

    it('takes bodies up to 1 MiB', async () => {
      const large = await client.call(call('x'.repeat(1_000_000)));
      expect(large.ok).toBe(true);
      expect(await firstLine(`content-length: 1048577`)).toBe('HTTP/1.1 413 Payload Too Large');
      expect(await client.call(call('x'.repeat(1_048_576)))).toMatchObject({
        ok: false,
        error: { code: 'REFUSED', status: 413, refusal: 'PAYLOAD_TOO_LARGE' },
      });
    });

    it('tells what of a message is wrong', async () => {
      expect(await client.call(call(7))).toMatchObject({
        ok: false,
        error: { code: 'REFUSED', status: 400, refusal: 'BAD_REQUEST' },
      });
    });

    it('signs what it answers, refusals among it, to those who have signed', async () => {
      const fresh = new SignedClient({ url: app.internalUrl, instance, keyring });
      // UNSIGNED would be the failure of each, were they not signed: 421 at first, 200, and 400.
      expect(await fresh.call(call('hello'))).toMatchObject({ ok: true });
      expect(await fresh.call(call(7))).toMatchObject({ error: { code: 'REFUSED' } });
      await fresh.close();
      const init = { method: 'POST', headers: json, body: '{"word":"a"}' };
      const refused = await inside('/internal/v1/echo', init);
      expect(refused.headers.get(SIGNATURE_HEADERS.answer)).toBeNull();
    });

    it('lets in nobody without a signature', async () => {
      const init = { method: 'POST', headers: json, body: '{"word":"a"}' };
      expect(await problemAt('/internal/v1/echo', init, inside)).toMatchObject({
        status: 401,
        code: 'BAD_SIGNATURE',
      });
    });

    it('keeps to that, however the address is written', async () => {
      const init = { method: 'POST', headers: json, body: '{"word":"a"}' };
      for (const path of ['/%69nternal/v1/echo', '/internal/v1/echo/', '//internal/v1/echo'])
        for (const asking of [ask, inside])
          expect(await problemAt(path, init, asking)).toMatchObject({ status: 404 });
    });

    it.each(['/internal/v1/echo', '/metrics', '/%69nternal/v1/echo'])(
      'has nothing at %s of the public port, whatever the method',
      async (path) => {
        for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS']) {
          const body = method === 'POST' || method === 'PUT' ? '{}' : undefined;
          const answer = await ask(path, { method, ...(body && { headers: json, body }) });
          expect([method, answer.status]).toEqual([method, 404]);
          expect(answer.headers.get('allow')).toBeNull();
        }
      },
    );

    it('says so to an app that was given the public address', async () => {
      const lost = new SignedClient({ url: app.url, instance, keyring });
      const detail = expect.stringContaining('not the internal port of an app');
      expect(await lost.call(call('a'))).toMatchObject({ error: { code: 'UNSIGNED', detail } });
      await lost.close();
    });

    it('does not wait for a body on the public port: nobody reads it', async () => {
      const socket = connect(app.port, '127.0.0.1');
      socket.write(
        'POST /internal/v1/echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{',
      );
      const [head] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      expect(head.toString()).toMatch(/^HTTP\/1\.1 404 /);
    });

    it.each(['/home/counter', '/me', '/', '/openapi.json', '/internal/counter', '/health/counter'])(
      'has nothing of the public interface on the internal port: %s',
      async (path) => {
        expect(await problemAt(path, {}, inside)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
      },
    );

    it('lets in nobody with another key', async () => {
      const other = new Keyring(
        [{ id: keyring.keyId, secret: 'another secret of theirs' }],
        'gateway',
      );
      const stranger = new SignedClient({ url: app.internalUrl, instance, keyring: other });
      expect(await stranger.call(call('a'))).toMatchObject({
        error: { code: 'UNSIGNED', detail: 'BAD_SIGNATURE: it has none of our SIGNING_KEYS' },
      });
      await stranger.close();
    });
  });
});

describe('whoever is slow to ask', () => {
  let app: RunningApp;
  beforeAll(async () => {
    const times = { HEADERS_TIMEOUT_MS: '100', REQUEST_TIMEOUT_MS: '200' };
    app = await start(
      0,
      loadConfig(settings, { LOG_LEVEL: 'silent', SIGNING_KEYS: TEST_SIGNING_KEYS, ...times }),
    );
  });
  afterAll(() => app.close());

  /** What arrives before the connection is closed, which nobody but the app does. */
  async function answerTo(said: string): Promise<string> {
    const socket = connect({ port: app.port, host: '127.0.0.1', allowHalfOpen: true });
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.write(said);
    await once(socket, 'end');
    socket.destroy();
    return answer;
  }

  it.each([
    ['nothing', '', ''],
    ['half of a head', 'GET /a/counter HTTP/1.1\r\nhost: localhost\r\nx-more: ', 'HTTP/1.1 408'],
    [
      'half of a body',
      'PUT /a/counter HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"wor',
      'HTTP/1.1 408',
    ],
  ])('and sends %s is gone in a bounded time', async (_, said, answer) => {
    expect((await answerTo(said)).slice(0, answer.length)).toBe(answer);
  });

  it.each([
    ['no request', 'hello\r\n\r\n', 'BAD_REQUEST'],
    ['a method that is none', 'FOO / HTTP/1.1\r\nhost: localhost\r\n\r\n', 'NOT_IMPLEMENTED'],
    [
      'a header that is none',
      'GET / HTTP/1.1\r\nhost: localhost\r\nbad header: 1\r\n\r\n',
      'BAD_REQUEST',
    ],
    [
      'too much of a head',
      `GET / HTTP/1.1\r\nx: ${'x'.repeat(200_000)}\r\n\r\n`,
      'HEADERS_TOO_LARGE',
    ],
    ['half of a head', 'GET / HTTP/1.1\r\nhost: localhost\r\n', 'REQUEST_TIMEOUT'],
  ])('or sends %s is told by problem details', async (_, said, code) => {
    const [head = '', body = ''] = (await answerTo(said)).split('\r\n\r\n');
    expect(head).toContain('content-type: application/problem+json');
    const problem = JSON.parse(body);
    expect(problem).toMatchObject({ code, instance: expect.stringMatching(/^urn:uuid:/) });
    expect(head).toContain(`HTTP/1.1 ${problem.status} `);
  });

  it('is not given more time for the head than for the whole', () => {
    expect(() =>
      loadConfig(settings, {
        SIGNING_KEYS: TEST_SIGNING_KEYS,
        HEADERS_TIMEOUT_MS: '200',
        REQUEST_TIMEOUT_MS: '100',
      }),
    ).toThrow(
      'HEADERS_TIMEOUT_MS must be at most REQUEST_TIMEOUT_MS, for the head is part of the request; they are 200 and 100.',
    );
  });
});

describe('the life of an app', () => {
  it('says in one sentence that its port is taken', async () => {
    const first = await start();
    const second = start(first.port);
    await expect(second).rejects.toThrow(StartError);
    await expect(second).rejects.toThrow(
      `Port ${first.port} on 127.0.0.1 is taken; stop what uses it or set TEST_PORT to another.`,
    );
    await first.close();
  });

  it('may be there several times in one process, each with its own metrics and instance', async () => {
    const apps = await Promise.all([start(), start()]);
    const ids = apps.map(({ nest }) => nest.get<Instance>(INSTANCE).id);
    expect(new Set(ids).size).toBe(2);
    await Promise.all(apps.map((app) => app.close()));
  });

  it('stops with connections that are only kept, and once', async () => {
    const app = await start();
    const socket = connect(app.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    await Promise.all([app.close(), app.close()]);
    await expect(fetch(`${app.url}/health/live`)).rejects.toThrow();
    socket.destroy();
  });
});
