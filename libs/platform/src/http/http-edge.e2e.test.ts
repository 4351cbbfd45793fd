/**
 * Goal    what HTTP asks of a server holds at every app, whatever it serves, and what is refused is refused in words.
 * Method  a small app of its own on a real port, and bare connections.
 */
import { connect, type Socket } from 'node:net';
import { Body, Controller, Delete, Get, Module, Param, Put } from '@nestjs/common';
import { TEST_SIGNING_KEYS, until } from '@headcount/testing';
import { runApp, type RunningApp } from '../bootstrap/run-app.js';
import { portSetting } from '../config/kinds.js';
import { loadConfig } from '../config/load-config.js';
import { commonSettings } from '../config/shared-settings.js';
import { HttpRules } from './rest-rules.js';
import { HEAD_BYTES_MAX, URL_BYTES_MAX } from './request-head.js';

let changes = 0;

@Controller()
class TestController {
  @Get(':page/counter')
  @HttpRules({ query: 'any' })
  read(@Param('page') page: string): { page: string } {
    return { page };
  }

  @Put(':page/counter')
  write(@Param('page') page: string, @Body() body: unknown): unknown {
    changes += 1;
    return { page, body: body ?? null };
  }

  @Delete(':page/counter')
  remove(@Body() body: unknown): unknown {
    changes += 1;
    return { body: body ?? null };
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

const settings = { ...commonSettings, TEST_PORT: portSetting('Where the test listens.', 0) };
const env = { LOG_LEVEL: 'silent', SIGNING_KEYS: TEST_SIGNING_KEYS };

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe('the edge of an app', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp({
      name: 'test',
      module: TestModule,
      config: loadConfig(settings, env),
      portSetting: 'TEST_PORT',
    });
  });
  afterAll(() => app.close());
  beforeEach(() => (changes = 0));

  const open = (port = app.port): Socket => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    return socket.on('error', () => undefined);
  };

  /** All answers on one connection to these bytes, which the server closes. Latin1, so that a character is a byte. */
  async function answersTo(bytes: string, port?: number): Promise<Answer[]> {
    const socket = open(port);
    let text = '';
    socket.setEncoding('latin1').on('data', (more: string) => (text += more));
    socket.write(bytes, 'latin1');
    await until(() => socket.readableEnded || socket.closed, { what: `an end of ${text}` });
    socket.destroy();
    return answersIn(text);
  }

  function answersIn(text: string): Answer[] {
    const answers: Answer[] = [];
    for (let rest = text; rest !== '';) {
      const [head = '', ...bodies] = rest.split('\r\n\r\n');
      const [line = '', ...lines] = head.split('\r\n');
      const headers = Object.fromEntries(
        lines.map((one) => [one.split(':', 1)[0]?.toLowerCase(), one.slice(one.indexOf(':') + 2)]),
      ) as Record<string, string>;
      const body = bodies.join('\r\n\r\n');
      const length = Number(headers['content-length'] ?? 0);
      answers.push({ status: Number(line.split(' ')[1]), headers, body: body.slice(0, length) });
      rest = body.slice(length);
    }
    return answers;
  }

  /** The last answer to one request with these lines of a head. */
  async function answerTo(lines: readonly string[], body = '', port?: number): Promise<Answer> {
    const head = [...lines, 'connection: close'].join('\r\n');
    const answers = await answersTo(`${head}\r\n\r\n${body}`, port);
    return answers.at(-1) as Answer;
  }

  const HOST = 'host: localhost';
  const GET = ['GET /a/counter HTTP/1.1', HOST];
  const put = (body: string, ...headers: string[]): Promise<Answer> =>
    answerTo(['PUT /a/counter HTTP/1.1', HOST, ...headers, `content-length: ${body.length}`], body);
  const JSON_TYPE = 'content-type: application/json';

  function expectProblem(answer: Answer, status: number, code: string, detail?: string): void {
    const type = answer.headers['content-type']?.split(';')[0];
    expect([answer.status, type]).toEqual([status, 'application/problem+json']);
    const problem = JSON.parse(answer.body) as Record<string, unknown>;
    expect(problem).toMatchObject({ status, code });
    if (detail !== undefined) expect(problem.detail).toContain(detail);
    expect(changes).toBe(0);
  }

  describe('answers who has shut its side', () => {
    const half = async (bytes: string): Promise<Answer[]> => {
      const socket = open();
      let text = '';
      socket.setEncoding('latin1').on('data', (more: string) => (text += more));
      socket.end(bytes, 'latin1');
      await until(() => socket.closed || socket.readableEnded, { what: 'the end' });
      return answersIn(text);
    };

    it('whatever it asked', async () => {
      expect(await half(`${GET.join('\r\n')}\r\n\r\n`)).toMatchObject([{ status: 200 }]);
      const body = '{"action":"increment"}';
      const head = ['PUT /a/counter HTTP/1.1', HOST, JSON_TYPE, `content-length: ${body.length}`];
      for (let nth = 1; nth <= 10; nth += 1) {
        expect(await half(`${head.join('\r\n')}\r\n\r\n${body}`)).toMatchObject([{ status: 200 }]);
        expect(changes).toBe(nth);
      }
      expect(await half('GET /a/counter HTTP/1.0\r\n\r\n')).toMatchObject([{ status: 200 }]);
      const offer = 'connection: upgrade\r\nupgrade: h2c';
      expect(await half(`${GET.join('\r\n')}\r\n${offer}\r\n\r\n`)).toMatchObject([
        { status: 200 },
      ]);
    });

    it('and several requests in their order', async () => {
      const asked = ['a', 'b', 'c'].map(
        (page) => `GET /${page}/counter HTTP/1.1\r\n${HOST}\r\n\r\n`,
      );
      const answers = await half(asked.join(''));
      expect(answers.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
        { page: 'a' },
        { page: 'b' },
        { page: 'c' },
      ]);
    });

    it('but changes nothing for half of a request', async () => {
      const head = ['PUT /a/counter HTTP/1.1', HOST, JSON_TYPE, 'content-length: 22'].join('\r\n');
      const answers = await half(`${head}\r\n\r\n{"action":`);
      expect(answers.map(({ status }) => status)).toEqual([400]);
      expect(changes).toBe(0);
    });

    it('and keeps no connection, whether anything was asked on it or not', async () => {
      const count = (): Promise<number> =>
        new Promise((resolve) => app.nest.getHttpServer().getConnections((_, all) => resolve(all)));
      await until(async () => (await count()) === 0, { what: 'no connection' });
      for (const bytes of ['', 'GET /a', `${GET.join('\r\n')}\r\n\r\n`]) {
        const socket = open();
        socket.end(bytes);
        socket.resume();
      }
      await until(async () => (await count()) === 0, { what: 'no connection' });
    });
  });

  describe('takes bodies', () => {
    const NONE = { status: 200, body: '{"page":"a","body":null}' };

    it.each([
      [[JSON_TYPE]],
      [['content-type: application/x-www-form-urlencoded']],
      [['content-type: text/plain;charset=UTF-8']],
      [['content-type: nonsense']],
      [['content-type: ']],
      [[]],
    ])('of no bytes as none, with %j', async (headers) => {
      const line = 'PUT /a/counter HTTP/1.1';
      expect(await answerTo([line, HOST, ...headers])).toMatchObject(NONE);
      expect(await put('', ...headers)).toMatchObject(NONE);
    });

    it.each([[JSON_TYPE], ['content-type: application/x-www-form-urlencoded']])(
      'of no bytes in chunks as none, with %s',
      async (type) => {
        const lines = ['DELETE /a/counter HTTP/1.1', HOST, type, 'transfer-encoding: chunked'];
        expect(await answerTo(lines, '0\r\n\r\n')).toMatchObject({ body: '{"body":null}' });
      },
    );

    it.each([
      'application/json; charset=utf-8',
      'application/json;charset="UTF-8"',
      'Application/JSON; Charset=UTF8',
      'application/json; odata=verbose; charset=utf-8',
      'application/json;',
    ])('of %s', async (type) => {
      const answer = await put('{"a":1}', `content-type: ${type}`);
      expect(answer).toMatchObject({ status: 200, body: '{"page":"a","body":{"a":1}}' });
    });

    it('with a byte order mark, which RFC 8259 lets a reader leave out', async () => {
      expect(await put('\xef\xbb\xbf{"a":1}', JSON_TYPE)).toMatchObject({ status: 200 });
    });

    it('in chunks, with extensions and trailers', async () => {
      const lines = ['PUT /a/counter HTTP/1.1', HOST, JSON_TYPE, 'transfer-encoding: Chunked'];
      const chunks = '3;a=b\r\n{"a\r\n4\r\n":1}\r\n0\r\nx-trailer: 1\r\n\r\n';
      expect(await answerTo(lines, chunks)).toMatchObject({ status: 200 });
    });

    it.each([
      ['application/json; charset=iso-8859-1', 'iso-8859-1'],
      ['application/json;charset="utf-16"', 'utf-16'],
      ['text/plain', 'text/plain'],
      ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded'],
      ['multipart/form-data; boundary=x', 'multipart/form-data'],
      ['application/merge-patch+json', 'application/merge-patch+json'],
    ])('not of %s, and says so', async (type, named) => {
      const answer = await put('{"a":1}', `content-type: ${type}`);
      expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE', named);
    });

    it('not without a type, and not of what is no type', async () => {
      expectProblem(await put('{"a":1}'), 415, 'UNSUPPORTED_MEDIA_TYPE', 'no content-type');
      expectProblem(await put('{"a":1}', 'content-type: json'), 415, 'UNSUPPORTED_MEDIA_TYPE');
    });

    it('not compressed, and names what is taken', async () => {
      const answer = await put('\x1f\x8b\x08', JSON_TYPE, 'content-encoding: gzip');
      expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE', 'gzip');
      expect(answer.headers['accept-encoding']).toBe('identity');
      expect((await put('{}', JSON_TYPE, 'content-encoding: identity')).status).toBe(200);
    });

    it.each([
      ['{"voter":"a\xff"}', 'The body must be UTF-8.'],
      ['{"title":"caf\xe9"}', 'The body must be UTF-8.'],
      ['{"a":"\xed\xa0\x80"}', 'The body must be UTF-8.'],
      ['\xff\xfe{\x00}\x00', 'The body must be UTF-8.'],
      ['{"a":"\\ud800"}', 'surrogate'],
      ['{"a":1,"a":2}', '"a" twice'],
      ['{"a":{"b":1,"\\u0062":2}}', '"b" twice'],
      ['{"__proto__":{}}', '__proto__'],
      ['{"a":1', 'not JSON'],
      [' ', 'not JSON'],
    ])('not as %j', async (body, detail) => {
      expectProblem(await put(body, JSON_TYPE), 400, 'BAD_REQUEST', detail);
    });
  });

  describe('reads the head', () => {
    it.each([
      ['accept', 'application/json; charset=utf-8'],
      ['accept-charset', 'iso-8859-1'],
      ['accept-encoding', 'br, gzip;q=0'],
      ['range', 'bytes=0-3'],
      ['if-range', '"a"'],
      ['if-modified-since', 'Tue, 01 Dec 2026 00:00:00 GMT'],
      ['te', 'trailers'],
      ['max-forwards', '0'],
    ])('%s: %s changes nothing', async (name, value) => {
      const answer = await answerTo([...GET, `${name}: ${value}`]);
      expect(answer).toMatchObject({ status: 200, body: '{"page":"a"}' });
    });

    it('takes the address that one sends to a proxy, and its host over the header', async () => {
      for (const url of [`http://127.0.0.1:${app.port}/a/counter`, 'HTTP://localhost/a/counter'])
        expect(await answerTo([`GET ${url} HTTP/1.1`, HOST])).toMatchObject({ status: 200 });
      const elsewhere = await answerTo(['GET http://example.org/a/counter HTTP/1.1', HOST]);
      expectProblem(elsewhere, 403, 'NOT_LOCAL');
    });

    it.each([
      ['no host', ['GET /a/counter HTTP/1.1']],
      ['two hosts', [...GET, HOST]],
      ['two hosts that differ', [...GET, 'Host: example.org']],
      ['a host that is none', ['GET /a/counter HTTP/1.1', 'host: a/b']],
      ['two users', [...GET, 'x-headcount-user: ann', 'x-headcount-user: bob']],
      ['two tokens', [...GET, 'authorization: Bearer a', 'authorization: Bearer b']],
      ['bytes beyond ASCII in the path', ['GET /caf\xc3\xa9/counter HTTP/1.1', HOST]],
      ['bytes beyond ASCII in the query', ['GET /a/counter?a=\xff HTTP/1.1', HOST]],
      ['a path that is no UTF-8', ['GET /a%ff/counter HTTP/1.1', HOST]],
      ['a surrogate in the path', ['GET /%ed%a0%80/counter HTTP/1.1', HOST]],
      ['a query that is no UTF-8', ['GET /a/counter?a=%ff HTTP/1.1', HOST]],
      ['half of an escape in the query', ['GET /a/counter?a=%e HTTP/1.1', HOST]],
    ])('and refuses %s', async (_, lines) => {
      expectProblem(await answerTo(lines), 400, 'BAD_REQUEST');
    });

    it('serves HTTP/1.0, without a host too', async () => {
      expect(await answerTo(['GET /a/counter HTTP/1.0'])).toMatchObject({ status: 200 });
    });

    it('takes addresses and heads up to a bound, and names what is too long', async () => {
      const long = (query: string): string[] => [`GET /a/counter?${query} HTTP/1.1`, HOST];
      const half = 'x'.repeat(URL_BYTES_MAX / 2);
      expect((await answerTo(long(half))).status).toBe(200);
      expect((await answerTo([...GET, `cookie: ${half}`])).status).toBe(200);
      for (const times of [2, 3, 5])
        expectProblem(await answerTo(long(half.repeat(times))), 414, 'URI_TOO_LONG');
      const much = 'x'.repeat(HEAD_BYTES_MAX);
      expectProblem(await answerTo([...GET, `cookie: ${much}`]), 431, 'HEADERS_TOO_LARGE');
    });
  });

  describe('knows what it does not do', () => {
    it.each(['PATCH', 'TRACE', 'PROPFIND', 'PURGE', 'POST', 'QUERY'])(
      '%s is not allowed, and those that are, are named',
      async (method) => {
        const answer = await answerTo([`${method} /a/counter HTTP/1.1`, HOST, 'content-length: 0']);
        // Older parsers do not know QUERY.
        if (method === 'QUERY' && answer.status === 501) return;
        expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
        expect(answer.headers.allow).toBe('DELETE, GET, HEAD, PUT');
      },
    );

    it('knows no other method', async () => {
      for (const line of ['FOO /a/counter HTTP/1.1', 'get /a/counter HTTP/1.1'])
        expectProblem(await answerTo([line, HOST]), 501, 'NOT_IMPLEMENTED');
      const connecting = ['CONNECT example.org:443 HTTP/1.1', 'host: example.org:443'];
      expectProblem(await answerTo(connecting), 501, 'NOT_IMPLEMENTED');
    });

    it('tells OPTIONS what there is, of an address and of the server', async () => {
      const answer = await answerTo(['OPTIONS /a/counter HTTP/1.1', HOST]);
      expect([answer.status, answer.headers.allow]).toEqual([
        204,
        'DELETE, GET, HEAD, OPTIONS, PUT',
      ]);
      expect((await answerTo(['OPTIONS * HTTP/1.1', HOST])).status).toBe(204);
    });

    it('answers HEAD with the head of GET', async () => {
      const [got, head] = [await answerTo(GET), await answerTo(['HEAD /a/counter HTTP/1.1', HOST])];
      expect(head.body).toBe('');
      expect({ ...head.headers, date: '' }).toEqual({ ...got.headers, date: '' });
    });

    it('meets one expectation', async () => {
      const head = ['PUT /a/counter HTTP/1.1', HOST, JSON_TYPE, 'content-length: 2'];
      const socket = open();
      let text = '';
      socket.setEncoding('latin1').on('data', (more: string) => (text += more));
      socket.write(`${[...head, 'expect: 100-Continue'].join('\r\n')}\r\n\r\n`);
      await until(() => text.startsWith('HTTP/1.1 100 '));
      socket.write('{}');
      await until(() => text.includes('HTTP/1.1 200 OK'));
      socket.destroy();
      changes = 0;
      expectProblem(await answerTo([...head, 'expect: a-wonder'], '{}'), 417, 'EXPECTATION_FAILED');
    });

    it.each([
      ['gzip, chunked', 501],
      ['identity', 501],
      ['chunked, chunked', 400],
      ['chunked, gzip', 400],
    ])('transfer-encoding: %s is %i', async (coding, status) => {
      const lines = ['PUT /a/counter HTTP/1.1', HOST, JSON_TYPE, `transfer-encoding: ${coding}`];
      const code = status === 501 ? 'NOT_IMPLEMENTED' : 'BAD_REQUEST';
      expectProblem(await answerTo(lines, '2\r\n{}\r\n0\r\n\r\n'), status, code);
    });

    it.each([
      ['content-length: 2', 'transfer-encoding: chunked'],
      ['content-length: 2', 'content-length: 3'],
      ['content-length: -2', 'x: y'],
      ['content-length: 2x', 'x: y'],
    ])('%s with %s is refused: it says two things, or none', async (one, other) => {
      const lines = ['PUT /a/counter HTTP/1.1', HOST, JSON_TYPE, one, other];
      expectProblem(await answerTo(lines, '{}'), 400, 'BAD_REQUEST');
    });

    it('speaks no other version of HTTP', async () => {
      for (const version of ['2.0', '3.0', '1.7'])
        expectProblem(
          await answerTo([`GET /a/counter HTTP/${version}`, HOST]),
          505,
          'BAD_HTTP_VERSION',
        );
      const answers = await answersTo('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      expectProblem(answers[0] as Answer, 505, 'BAD_HTTP_VERSION');
    });
  });

  it('does the same on the internal port', async () => {
    const live = ['GET /health/live HTTP/1.1', HOST];
    const port = app.internalPort;
    expect(await answerTo(live, '', port)).toMatchObject({ status: 200 });
    expectProblem(await answerTo([...live, HOST], '', port), 400, 'BAD_REQUEST');
    expectProblem(await answerTo([...live, 'expect: x'], '', port), 417, 'EXPECTATION_FAILED');
    expectProblem(
      await answerTo(['FOO /health/live HTTP/1.1', HOST], '', port),
      501,
      'NOT_IMPLEMENTED',
    );
    const absolute = ['GET http://localhost/health/live HTTP/1.1', HOST];
    expect(await answerTo(absolute, '', port)).toMatchObject({ status: 200 });
  });
});
