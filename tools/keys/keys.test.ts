/** The command makes keys that the settings take, each good for its roles alone. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  ConfigError,
  Keyring,
  deploymentSettings,
  demandRoles,
  loadConfig,
  type SigningRole,
} from '@headcount/platform';

const run = async (words: string[], SIGNING_KEYS = ''): Promise<string> => {
  const script = join(__dirname, 'keys.mjs');
  const env = { ...process.env, SIGNING_KEYS };
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...words], { env });
  return stdout.trim();
};
const keysOf = (SIGNING_KEYS: string) =>
  loadConfig(deploymentSettings, { SIGNING_KEYS }).SIGNING_KEYS;
const SECRETS = 'k2:a-secret-of-this-test,k1:the-one-that-was-before';

describe('npm run keys', () => {
  it('makes a secret key of its own each time', async () => {
    const [one, other] = [await run(['make']), await run(['make', 'k7'])];
    expect(keysOf(one)).toEqual([{ id: 'k1', secret: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(keysOf(other)[0]?.id).toBe('k7');
    expect(other.slice(3)).not.toBe(one.slice(3));
  });

  it.each<[string, SigningRole[]]>([
    ['counter-api', ['gateway', 'region']],
    ['realtime-gateway', ['gateway', 'cursor']],
    ['notification', ['cursor']],
  ])('derives for %s what it needs, and no more', async (app, roles) => {
    const text = await run(['derive', app], SECRETS);
    const derived = keysOf(text);
    for (const role of ['gateway', 'region', 'cursor'] as const) {
      if (!roles.includes(role)) expect(() => new Keyring(derived, role)).toThrow(RangeError);
      else {
        const keyring = new Keyring(derived, role);
        const whole = new Keyring(keysOf(SECRETS), role);
        expect(keyring.keyId).toBe('k2');
        expect(keyring.sign('a')).toEqual(whole.sign('a'));
        expect(keyring.signAs('k1', 'a')).toEqual(whole.signAs('k1', 'a'));
      }
      expect(text).not.toContain('a-secret');
    }
    const env = { SIGNING_KEYS: text };
    expect(() => loadConfig(deploymentSettings, env, [demandRoles(app, roles)])).not.toThrow();
  });

  it('derives none for an app that then demands another', async () => {
    const env = { SIGNING_KEYS: await run(['derive', 'realtime-gateway'], SECRETS) };
    const rules = [demandRoles('counter-api', ['gateway', 'region'])];
    expect(() => loadConfig(deploymentSettings, env, rules)).toThrow(
      new ConfigError([
        'SIGNING_KEYS must contain a key for region; "npm run keys -- derive counter-api" prints those that counter-api needs.',
      ]),
    );
  });

  it.each([[[]], [['derive', 'nginx']], [['derive', 'notification']], [['make', 'a b']]])(
    'refuses %j',
    async (words) => {
      await expect(run(words)).rejects.toMatchObject({ code: 1 });
    },
  );
});
