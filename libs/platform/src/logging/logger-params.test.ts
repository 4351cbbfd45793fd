import { pino } from 'pino';
import { loggerParams } from './logger-params.js';

/** What is logged of `fields`, as it would stand on standard output. */
function logged(fields: object): string {
  const lines: string[] = [];
  const { pinoHttp } = loggerParams('test', 'info');
  if (!pinoHttp || !('redact' in pinoHttp)) throw new Error('no redaction');
  const { level, base, redact } = pinoHttp;
  const logger = pino({ level, base, redact } as object, {
    write: (line: string) => void lines.push(line),
  });
  logger.info(fields, 'said');
  return lines.join('');
}

describe('what an app logs', () => {
  it('is a line of JSON with its name', () => {
    expect(JSON.parse(logged({ counter: '/a' }))).toMatchObject({
      app: 'test',
      msg: 'said',
      counter: '/a',
    });
  });

  it.each([
    { token: 'hush' },
    { payload: { token: 'hush' } },
    { req: { headers: { authorization: 'hush' } } },
    { req: { headers: { 'x-headcount-signature': 'hush' } } },
    { headers: { cookie: 'hush' } },
    { config: { AUTH_JWT_SECRET: 'hush' } },
    { config: { SIGNING_KEYS: [{ id: 'k1', secret: 'hush' }] } },
    { config: { REDIS_URL: 'redis://:hush@127.0.0.1' } },
  ])('hides secrets: %j', (fields) => {
    expect(logged(fields)).not.toContain('hush');
  });
});
