/** The command makes keys that the settings take and that let their bearer in. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Authenticator, authSettings, loadConfig, systemClock } from '@headcount/platform';
import { orThrow, parseCounterName, parsePageId } from '@headcount/protocol';

const command = (...words: string[]) =>
  promisify(execFile)(process.execPath, [join(__dirname, 'api-key.mjs'), ...words]);

async function made(...words: string[]): Promise<{ key: string; line: string }> {
  const { stdout } = await command(...words);
  return { key: /^hck_\S+$/m.exec(stdout)?.[0] ?? '', line: /^\{.*\}$/m.exec(stdout)?.[0] ?? '' };
}

function authenticator(API_KEYS: string): Authenticator {
  const env = { AUTH: 'jwt', AUTH_JWT_SECRET: 'x'.repeat(32), API_KEYS };
  return new Authenticator(loadConfig(authSettings, env), systemClock);
}

const page = (raw: string) => orThrow(parsePageId(raw));
const counter = (raw: string) => orThrow(parseCounterName(raw));

describe('npm run api-key', () => {
  it('makes a key that its line lets in, with the rights that were named', async () => {
    const words = [
      '--scopes',
      'pages:modify,users:act',
      '--pages',
      'blog/*',
      '--counters',
      'likes',
      '--amount',
      '50',
    ];
    const { key, line } = await made('cms', ...words);
    expect(line).not.toContain(key);
    const service = orThrow(await authenticator(line).authenticate({ token: key }));
    expect(service).toMatchObject({ kind: 'service', name: 'cms' });
    expect([...service.grants.scopes]).toEqual(['pages:modify', 'users:act']);
    expect(['blog/1', 'shop'].map((id) => service.grants.mayView(page(id)))).toEqual([true, false]);
    expect(
      ['likes', 'votes'].map((name) => service.grants.mayWrite(page('shop'), counter(name))),
    ).toEqual([true, false]);
    expect(service.grants.amountMax).toBe(50);
  });

  it('says in the line what the key is for, also where nothing is named', async () => {
    expect(JSON.parse((await made('cms')).line)).toMatchObject({ pages: ['*'], counters: [] });
  });

  it('makes another key each time, for all pages and no change where nothing is named', async () => {
    const [one, other] = [await made('one'), await made('other')];
    const both = authenticator(`${one.line}\n${other.line}`);
    const service = orThrow(await both.authenticate({ token: other.key }));
    expect(service).toMatchObject({ name: 'other', grants: { viewsAll: true } });
    expect(service.grants.scopes.size).toBe(0);
    expect(service.grants.mayWrite(page('home'), counter('likes'))).toBe(false);
    expect(orThrow(await both.authenticate({ token: one.key }))).toMatchObject({ name: 'one' });
  });

  it.each([[[]], [['a b']], [['a', 'b']], [['a', '--page', 'x']], [['a', '--amount', '1e3']]])(
    'refuses %j',
    async (words) => {
      await expect(command(...words)).rejects.toMatchObject({ code: 1 });
    },
  );
});
