import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Supervises small stand-ins for Redis and the apps in a process of its own. `parts` is a program text for each layer;
 * a part is ready when it has made the file that is named like itself. `together`: all in one layer, the first with a head start.
 */
async function supervise(
  parts: Readonly<Record<string, string>>,
  { limits = {}, whenReady = '', together = false } = {},
): Promise<{ code: number | null; printed: string; diary: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'headcount-supervise-'));
  const program = `
    import { existsSync, rmSync } from 'node:fs';
    import { supervise } from ${JSON.stringify(join(__dirname, 'supervise.mjs'))};
    const spec = ([name, text]) => ({
      name, command: process.execPath, args: ['-e', PREFACE + text, name], log: undefined, orphanSeconds: 0,
      readiness: async () => (existsSync(name) ? undefined : 'it has made no file'),
    });
    const PREFACE = ${JSON.stringify(PREFACE)};
    const specs = Object.entries(${JSON.stringify(parts)}).map(spec);
    const layers = ${together} ? [specs] : specs.map((one) => [one]);
    if (${together}) specs[0].headStartMs = 20_000;
    const options = { say: console.log, onReady: () => { console.log('all ready'); ${whenReady} }, limits: ${JSON.stringify(limits)} };
    supervise(layers, options).catch((error) => { console.log('gave up: ' + error.message); process.exitCode = 1; });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const diary = await readFile(join(dir, 'diary'), 'utf8').catch(() => '');
  await rm(dir, { recursive: true });
  return { code, printed, diary };
}

/** What every stand-in can do: say that it is ready, and note what happens to it where the test finds it. */
const PREFACE = `
  const fs = require('node:fs');
  const name = process.argv[1];
  const note = (text) => fs.appendFileSync('diary', name + ' ' + text + '\\n');
  const ready = () => fs.writeFileSync(name, '');
  const stay = () => setInterval(() => undefined, 1000);
`;
const GOOD = `note('starts'); stay(); ready(); process.on('SIGTERM', () => { note('ends'); process.exit(); });`;
const INTERRUPT = `process.kill(process.pid, 'SIGINT');`;

describe('supervise', () => {
  it('starts layer after layer and stops them in the opposite order, though Ctrl-C arrives twice', async () => {
    const late = `note('starts'); stay(); setTimeout(ready, 200); process.on('SIGTERM', () => setTimeout(() => { note('ends'); process.exit(); }, 200));`;
    const { code, diary, printed } = await supervise(
      { store: late, app: late },
      { whenReady: `${INTERRUPT} setTimeout(() => { ${INTERRUPT} }, 100);` },
    );
    expect(diary).toBe('store starts\napp starts\napp ends\nstore ends\n');
    expect(printed).toBe('all ready\nStopping …\nEverything has stopped.\n');
    expect(code).toBe(0);
  });

  it('stops a part with a head start before the others of its layer', async () => {
    const slow = `note('starts'); stay(); ready(); process.on('SIGTERM', () => setTimeout(() => { note('ends'); process.exit(); }, 200));`;
    const { diary } = await supervise(
      { gateway: slow, api: GOOD },
      { together: true, whenReady: INTERRUPT, limits: { stopMsMax: 20_000 } },
    );
    expect(diary.split('\n').slice(-3)).toEqual(['gateway ends', 'api ends', '']);
  });

  it('gives up with the words of a part that ends before it is ready, and ends the others', async () => {
    const faulty = `console.error('The port is taken.'); process.exitCode = 1;`;
    const { code, diary, printed } = await supervise({ store: GOOD, app: faulty });
    expect(printed.replaceAll(/^app \| .*\n/gm, '')).toBe('gave up: The port is taken.\n');
    expect(diary).toBe('store starts\nstore ends\n');
    expect(code).toBe(1);
  });

  it('gives up on a part that hangs before it is ready', async () => {
    const { code, printed } = await supervise({ app: `stay();` }, { limits: { readyMsMax: 300 } });
    expect(printed).toBe('gave up: app is not ready after 0.3 s: it has made no file\n');
    expect(code).toBe(1);
  });

  it('starts a part again as often as it dies, with longer and longer pauses, while the others go on', async () => {
    // The fifth lives, and has it all end.
    const mortal = `
      note('starts'); ready();
      const lives = fs.readFileSync('diary', 'utf8').match(/app starts/g).length;
      if (lives < 5) setTimeout(() => process.exit(3), 50);
      else { stay(); process.on('SIGTERM', () => { note('ends'); process.exit(); }); setTimeout(() => process.kill(process.ppid, 'SIGTERM'), 200); }`;
    const { code, diary, printed } = await supervise(
      { store: GOOD, app: mortal },
      { limits: { pauseMsFirst: 10 } },
    );
    expect(diary).toBe('store starts\n' + 'app starts\n'.repeat(5) + 'app ends\nstore ends\n');
    const deaths =
      printed.match(/app has ended \(exit code 3\)\. It is started again in .*/g) ?? [];
    expect(deaths).toHaveLength(4);
    expect(deaths.at(-1)).toMatch(/ It has died 4 times; what it said stands above\.$/);
    expect(code).toBe(0);
  });

  it('forgets the deaths of a part that has been sound', async () => {
    const mortal = `
      note('starts'); ready();
      const lives = fs.readFileSync('diary', 'utf8').match(/app starts/g).length;
      if (lives < 4) setTimeout(() => process.exit(3), 150);
      else { stay(); process.kill(process.ppid, 'SIGTERM'); }`;
    const { printed } = await supervise(
      { app: mortal },
      { limits: { pauseMsFirst: 10, soundMs: 1 } },
    );
    expect(printed.match(/app has ended/g)).toHaveLength(3);
    expect(printed).not.toContain('times');
  });

  it('says why a part cannot be started again, and goes on trying', async () => {
    const taken = `
      const before = fs.existsSync('diary') ? fs.readFileSync('diary', 'utf8').split('starts').length : 0;
      note('starts');
      if (before === 0) { ready(); setTimeout(() => process.exit(3), 50); }
      else if (before < 4) { fs.rmSync(name, { force: true }); console.error('Port 4000 is taken.'); process.exitCode = 1; }
      else { ready(); stay(); process.kill(process.ppid, 'SIGTERM'); }`;
    const forget = `require('node:fs').rmSync(process.argv[1], { force: true });`;
    const { code, printed } = await supervise(
      { app: forget + taken },
      { limits: { pauseMsFirst: 10 } },
    );
    expect(printed).toMatch(
      /\nPort 4000 is taken\. It is started again in [^\n]* It has died 3 times/,
    );
    expect(printed).toMatch(/\napp is back\./);
    expect(code).toBe(0);
  });

  it.each(['SIGTERM', 'SIGHUP'])('stops on %s, however often it comes', async (signal) => {
    const again = `process.kill(process.pid, '${signal}');`;
    const { code, diary } = await supervise(
      { app: GOOD },
      { whenReady: `${again} ${again} setTimeout(() => { ${again} }, 50);` },
    );
    expect(diary).toBe('app starts\napp ends\n');
    expect(code).toBe(0);
  });

  it('ends a part by force that does not end when it is asked to', async () => {
    const stubborn = `stay(); process.on('SIGTERM', () => note('is asked')); ready();`;
    const { code, diary } = await supervise(
      { app: stubborn },
      { limits: { stopMsMax: 300 }, whenReady: INTERRUPT },
    );
    expect(diary).toBe('app is asked\n');
    expect(code).toBe(0);
  });
});
