import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orThrow, parsePageId } from '@headcount/protocol';
import { TEST_SIGNING_KEYS } from '@headcount/testing';
import { loadConfig, type Environment } from '../config/load-config.js';
import { commonSettings } from '../config/shared-settings.js';
import { Authenticator } from './authenticator.js';
import { SECRET, TestClock, jwtConfig, sign } from './testing/tokens.js';

const keyOf = (sign: string): string => `hck_${sign.repeat(43)}`;
const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const line = (name: string, key: string, rights: object = {}): string =>
  JSON.stringify({ name, sha256: digestOf(key), ...rights });

const A = keyOf('a');
const B = keyOf('b');
const authenticator = (env: Environment): Authenticator =>
  new Authenticator(jwtConfig({ AUTH_JWT_SECRET: SECRET, ...env }), new TestClock());

describe('an API key', () => {
  const lines = [line('cms', A, { scope: 'pages:modify', pages: ['blog/*'] }), line('shop', B)];
  const keys = authenticator({ API_KEYS: lines.join('\n') });

  it('lets in the back end that it was given to, with its rights and no end', async () => {
    const cms = orThrow(await keys.authenticate({ token: A, viewerId: 'ann' }));
    expect(cms).toMatchObject({ kind: 'service', name: 'cms' });
    expect([...cms.grants.scopes]).toEqual(['pages:modify']);
    expect(cms.grants.mayView(orThrow(parsePageId('shop')))).toBe(false);
    expect(await keys.authenticate({ token: B })).toMatchObject({ value: { name: 'shop' } });
  });

  it('is refused where it is another, or only nearly one', async () => {
    const near = [
      `${A}a`,
      A.slice(0, -1),
      `${A.slice(0, -1)}b`,
      'hck_',
      digestOf(A),
      `HCK_${A.slice(4)}`,
    ];
    for (const token of near) {
      expect(await keys.authenticate({ token })).toEqual({ ok: false, error: 'UNAUTHENTICATED' });
    }
    expect(await keys.authenticate({ token: await sign({ sub: 'ann' }) })).toMatchObject({
      value: { kind: 'viewer', id: 'ann' },
    });
  });

  it('is taken back with its line', async () => {
    const without = authenticator({ API_KEYS: lines.slice(1).join('\n') });
    expect(await without.authenticate({ token: A })).toMatchObject({ ok: false });
    expect(await without.authenticate({ token: B })).toMatchObject({ ok: true });
    expect(await authenticator({}).authenticate({ token: B })).toMatchObject({ ok: false });
  });

  it('is not needed where AUTH is off', async () => {
    const off = new Authenticator(
      loadConfig(commonSettings, { SIGNING_KEYS: TEST_SIGNING_KEYS }),
      new TestClock(),
    );
    expect(await off.authenticate({ token: B })).toMatchObject({ value: { kind: 'anonymous' } });
  });
});

describe('the list of API keys', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'headcount-keys-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('may be a file, with remarks and empty lines', async () => {
    const file = join(folder, 'keys');
    writeFileSync(file, `# back ends\r\n${line('cms', A)}\r\n\n  # the shop\n${line('shop', B)}\n`);
    const keys = authenticator({ API_KEYS_FILE: file });
    expect(await keys.authenticate({ token: B })).toMatchObject({ value: { name: 'shop' } });
    expect(() => authenticator({ API_KEYS_FILE: file, API_KEYS: line('x', A) })).toThrow(
      'API_KEYS and API_KEYS_FILE must not be set together',
    );
    expect(() => authenticator({ API_KEYS_FILE: join(folder, 'none') })).toThrow(
      'API_KEYS_FILE must',
    );
  });

  it.each([
    ['a key instead of its digest', `{"name":"cms","sha256":"${A}"}`],
    ['a right that is none', line('cms', A, { page: ['blog/*'] })],
    ['a right of another form', line('cms', A, { pages: 'blog/*' })],
    ['a name with a line break', line('c\nms', A)],
    ['a name twice', `${line('cms', A)}\n${line('cms', B)}`],
    ['a key twice', `${line('cms', A)}\n${line('shop', A)}`],
    ['no JSON', 'cms'],
    ['null', 'null'],
    ['a list', `[${line('cms', A)}]`],
    ['101 keys', Array.from({ length: 101 }, (_, at) => line(`n${at}`, `${at}`)).join('\n')],
  ])('with %s keeps the app from starting, and does not show it', (_, API_KEYS) => {
    const place = API_KEYS.split('\n').length;
    expect(() => authenticator({ API_KEYS })).toThrow(`; line ${place} of the one given is not.`);
    expect(() => authenticator({ API_KEYS })).not.toThrow(A);
  });
});
