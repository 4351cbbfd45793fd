/** The example of docs/auth.md makes a token that is taken, with the rights that the page tells of. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { orThrow, parseCounterName, parsePageId } from '@headcount/protocol';
import { systemClock } from '../sources.js';
import { Authenticator } from './authenticator.js';
import { SECRET, jwtConfig } from './testing/tokens.js';

const ROOT = join(__dirname, '../../../..');

/** The first block of a language in the page. */
function blockIn(language: string): string {
  const page = readFileSync(join(ROOT, 'docs/auth.md'), 'utf8');
  const block = page.split(`\`\`\`${language}\n`)[1]?.split('```')[0];
  if (block === undefined) throw new Error(`docs/auth.md has no block of ${language}`);
  return block;
}

describe('the token of a browser', () => {
  it('is made by the example in Node', async () => {
    const code = `${blockIn('js')}\nprocess.stdout.write(token);`;
    const token = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', `const user = { id: 'ann' };\n${code}`],
      { cwd: ROOT, encoding: 'utf8', env: { ...process.env, AUTH_JWT_SECRET: SECRET } },
    );
    const config = jwtConfig({ AUTH_JWT_SECRET: SECRET, AUTH_TOKEN_SECONDS_MAX: '900' });
    const subject = orThrow(await new Authenticator(config, systemClock).authenticate({ token }));
    expect(subject).toMatchObject({ kind: 'viewer', id: 'ann' });
    const [post, likes] = [orThrow(parsePageId('blog/1')), orThrow(parseCounterName('likes'))];
    const { grants } = subject;
    expect([
      grants.mayView(post),
      grants.mayView(orThrow(parsePageId('shop'))),
      grants.mayVote(post, likes, false),
      grants.mayWrite(post, likes),
    ]).toEqual([true, false, true, false]);
  });
});
