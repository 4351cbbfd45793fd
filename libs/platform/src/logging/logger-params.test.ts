import { pino } from 'pino';
import { z } from 'zod';
import { TEST_SIGNING_KEYS } from '@headcount/testing';
import { loadConfig } from '../config/load-config.js';
import { optionalSetting } from '../config/setting.js';
import { commonSettings, redisSettings } from '../config/shared-settings.js';
import { loggerParams } from './logger-params.js';

const settings = { ...commonSettings, ...redisSettings, TEST_SECRET: secretSetting() };

function secretSetting() {
  const text = { description: 'A secret.', must: 'any text', example: 'x', secret: true };
  return optionalSetting(text, z.string());
}

loadConfig(settings, { SIGNING_KEYS: TEST_SIGNING_KEYS });

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
    { config: { SIGNING_KEYS: [{ id: 'k1', secret: 'hush' }] } },
    { config: { REDIS_URL: 'redis://:hush@127.0.0.1' } },
    ...Object.entries(settings).flatMap(([name, { secret }]) =>
      secret ? [{ [name]: 'hush' }, { app: { config: { [name]: 'hush' } } }] : [],
    ),
  ])('hides secrets, every setting that is marked as one among them: %j', (fields) => {
    expect(logged(fields)).not.toContain('hush');
  });
});
