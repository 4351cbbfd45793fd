/** What docker/ says fits what the apps are. */
import { filesLike, hasFile } from './workspace-files.js';

const textOf = (path: string): string => {
  const [file] = filesLike(new RegExp(`^${path.replaceAll('.', '\\.')}$`));
  return file?.text ?? '';
};
const compose = textOf('docker/compose.yml');
const dockerfile = textOf('docker/Dockerfile');
const namesIn = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, name = '']) => name)),
];

describe('docker/compose.yml', () => {
  it('takes only variables that .env.example explains', () => {
    const explained = namesIn(textOf('docker/.env.example'), /^#?([A-Z_]+)=/gm);
    expect(explained).toEqual(expect.arrayContaining(namesIn(compose, /\$\{([A-Z_]+)/g)));
  });

  it('gives the apps only settings that they have', () => {
    const settings = filesLike(/settings\.ts$/).map(({ text }) => text);
    const given = namesIn(compose, /^ +([A-Z][A-Z_]+): /gm);
    expect(given).toContain('REDIS_URL');
    const known = given.filter((name) => settings.some((text) => text.includes(`  ${name}: `)));
    expect(known).toEqual(given);
  });

  it('has no default for a secret, so that nothing starts without one', () => {
    for (const secret of ['SIGNING_KEYS', 'AUTH_JWT_SECRET']) {
      expect(compose).toContain(`${secret}: \${${secret}:?`);
      expect(textOf('docker/.env.example')).toMatch(new RegExp(`^${secret}=$`, 'm'));
    }
  });
});

describe('docker/Dockerfile', () => {
  const targets = dockerfile.split(/^FROM app AS /m).slice(1);

  it('has a target for each app, with a check of its health', () => {
    const apps = filesLike(/^apps\/[^/]+\/src\/main\.ts$/).map(({ path }) => path.split('/')[1]);
    expect(targets.map((target) => target.split('\n')[0]).sort()).toEqual(apps.sort());
    for (const target of targets) {
      const main = /"dist\/(apps\/[^"]+)\.js"/.exec(target)?.[1];
      expect(hasFile(`${main}.ts`)).toBe(true);
      expect(target).toMatch(/^HEALTHCHECK .*[^]*\/health\/live/m);
    }
  });

  it('runs the apps as another user than root, after all files are in place', () => {
    const app = /^FROM .* AS app$([^]*?)^FROM /m.exec(dockerfile)?.[1] ?? '';
    expect(app.indexOf('USER node')).toBeGreaterThan(app.lastIndexOf('COPY'));
  });
});
