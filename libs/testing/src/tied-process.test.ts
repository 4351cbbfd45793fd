import { once } from 'node:events';
import { spawnTied, type TiedProcess } from './tied-process.js';

describe('spawnTied', () => {
  const started: TiedProcess[] = [];
  const node = async (program: string): Promise<TiedProcess> => {
    const tied = await spawnTied(process.execPath, ['-e', `${program}; console.log('ready');`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(tied);
    if (tied.child.stdout) await once(tied.child.stdout, 'data');
    return tied;
  };
  const STAY = 'setInterval(() => undefined, 1000)';

  afterEach(() => Promise.all(started.splice(0).map((tied) => tied.end('SIGKILL'))));

  it('says how the process has ended', async () => {
    await expect((await node('process.exitCode = 3')).exited).resolves.toEqual({
      code: 3,
      signal: null,
    });
    await expect((await node(STAY)).end('SIGKILL')).resolves.toEqual({
      code: null,
      signal: 'SIGKILL',
    });
  });

  it('ends by force what does not end when it is asked to', async () => {
    const stubborn = await node(`process.on('SIGTERM', () => undefined); ${STAY}`);
    await expect(stubborn.end('SIGTERM', 100)).resolves.toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('lets a frozen process go on, so that it can end in good order', async () => {
    const frozen = await node(`process.on('SIGTERM', () => process.exit(0)); ${STAY}`);
    frozen.child.kill('SIGSTOP');
    await expect(frozen.end('SIGTERM')).resolves.toEqual({ code: 0, signal: null });
  });

  it('says in a sentence that a program is not there', async () => {
    await expect(spawnTied('no-such-program', [], {})).rejects.toThrow(
      'no-such-program is not installed, or not on PATH',
    );
  });
});
