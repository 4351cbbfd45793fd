import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a program of ES modules, as a plain Node does, with PATH leading to one folder only. */
function run(program: string, path: string): Promise<string> {
  const imports = [
    `import { ensureNodeModules, nodeModulesMatch } from ${JSON.stringify(join(__dirname, 'node-modules.mjs'))};`,
    `import { ALWAYS, consentOf } from ${JSON.stringify(join(__dirname, 'consent.mjs'))};`,
    `import { PassThrough } from 'node:stream';`,
    `import { ensureProgram, REDIS } from ${JSON.stringify(join(__dirname, 'programs.mjs'))};`,
  ];
  const args = ['--input-type=module', '-e', [...imports, program].join('\n')];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env: { PATH: path } }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
}

describe('setup', () => {
  let root: string;
  let bin: string;
  const program = async (name: string, script: string): Promise<void> => {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headcount-setup-'));
    bin = join(root, 'bin');
    await mkdir(bin);
    await mkdir(join(root, 'node_modules'));
  });

  afterEach(() => rm(root, { recursive: true }));

  describe('nodeModulesMatch', () => {
    const lock = (file: string, packages: object): Promise<void> =>
      writeFile(join(root, file), JSON.stringify({ packages }));
    const matches = async (): Promise<boolean> =>
      JSON.parse(
        await run(`console.log(nodeModulesMatch(${JSON.stringify(root)}))`, bin),
      ) as boolean;
    const WANTED = {
      '': { name: 'headcount' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/for-another-system': { version: '1.0.0', optional: true },
    };

    it('is content with what is installed in the versions of the lock, less what is for other systems', async () => {
      await lock('package-lock.json', WANTED);
      await lock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
      await expect(matches()).resolves.toBe(true);
    });

    it.each([
      ['nothing is installed', undefined],
      ['a package is missing', {}],
      ['a package has another version', { 'node_modules/a': { version: '1.0.1' } }],
    ])('asks for an installation where %s', async (_case, present) => {
      await lock('package-lock.json', WANTED);
      if (present) await lock('node_modules/.package-lock.json', present);
      await expect(matches()).resolves.toBe(false);
    });
  });

  describe('ensureNodeModules', () => {
    const ensure = (): Promise<string> =>
      run(
        `try { await ensureNodeModules(${JSON.stringify(root)}, console.log); } catch (error) { console.log(error.message); }`,
        bin,
      );

    it('runs npm ci, and says so beforehand', async () => {
      await program('npm', `echo "$@" > ${join(root, 'called')}`);
      await expect(ensure()).resolves.toBe(
        'Installing node modules (npm ci), about half a minute …\n',
      );
    });

    it('passes on what npm says when it fails', async () => {
      await program('npm', 'echo "npm error network" >&2; exit 1');
      await expect(ensure()).resolves.toContain('npm ci failed:\nnpm error network');
    });
  });

  describe('ensureProgram', () => {
    const ensure = (uid = 1000, consent = 'ALWAYS'): Promise<string> =>
      run(
        `process.getuid = () => ${uid}; Object.defineProperty(process, 'platform', { value: 'linux' });
        const options = { print: console.log, consent: ${consent}, toAllow: 'me --install', otherwise: ['set REDIS_URL'] };
        try { console.log(await ensureProgram(REDIS, options)); } catch (error) { console.log(error.message); }`,
        bin,
      );

    it('finds a program on PATH', async () => {
      await program('redis-server', 'true');
      await expect(ensure()).resolves.toBe(`${join(bin, 'redis-server')}\n`);
    });

    it('says what to type where it may not install', async () => {
      await expect(ensure()).resolves.toMatch(
        /^redis-server is not installed: run "sudo apt-get install redis-server" .* and try again, or set REDIS_URL\.\n$/,
      );
    });

    it('installs with apt-get as root, with a fresh list of packages where the old one does not do', async () => {
      await program(
        'apt-get',
        `
        case "$1" in
          update) touch ${join(root, 'updated')} ;;
          install) [ -e ${join(root, 'updated')} ] && echo '#!/bin/sh' > ${join(bin, 'redis-server')} && /bin/chmod +x ${join(bin, 'redis-server')} ;;
        esac`,
      );
      await program('touch', `: > "$1"`);
      await expect(ensure(0)).resolves.toBe(
        `Installing redis-server (apt-get install -y --no-install-recommends redis-server) …\n${join(bin, 'redis-server')}\n`,
      );
    });

    it('installs nothing without consent, and says what to run', async () => {
      await program('apt-get', `echo '#!/bin/sh' > ${join(bin, 'redis-server')}`);
      const said = 'redis-server is not installed: run "apt-get install redis-server"';
      await expect(ensure(0, 'consentOf(false)')).resolves.toBe(
        `${said}, or run "me --install", or set REDIS_URL.\n`,
      );
      await expect(access(join(bin, 'redis-server'))).rejects.toThrow('ENOENT');
    });
  });

  describe('consentOf', () => {
    /** What is printed, then the answer: with `typed` at a terminal, or without one. */
    const consent = (told: boolean, env: object, typed?: string): Promise<string> =>
      run(
        `const at = (stream) => Object.assign(stream, { isTTY: ${typed !== undefined} });
        const input = at(new PassThrough());
        input.end(${JSON.stringify(typed ?? '')});
        const output = at(new PassThrough());
        const asked = consentOf(${told}, { env: ${JSON.stringify(env)}, input, output });
        const answer = await asked('Install it?');
        console.log(String(output.read() ?? '') + answer);`,
        bin,
      );

    it.each([
      ['', false],
      ['\n', true],
      ['y\n', true],
      ['Yes\n', true],
      ['n\n', false],
      ['what?\n', false],
    ])('asks at a terminal, where %j means %s', async (typed, answer) => {
      await expect(consent(false, {}, typed)).resolves.toBe(`Install it? [Y/n] ${answer}\n`);
    });

    it.each([
      ['told to', true, {}, true],
      ['in CI', false, { CI: 'true' }, true],
      ['neither', false, { CI: 'false' }, false],
    ])('asks nobody without a terminal: %s', async (_, told, env, answer) => {
      await expect(consent(told, env)).resolves.toBe(`${answer}\n`);
    });
  });
});
