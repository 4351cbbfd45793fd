/**
 * Goal    each command of the README works when it is copied, and prints what the README says.
 * Method  the blocks that a shell would run, in their order, against a real region; only the ports are others.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSystem, type System } from '@headcount/testing';

const run = promisify(execFile);
const README = readFileSync(join(__dirname, '../../README.md'), 'utf8');

interface Command {
  readonly line: string;
  /** What the comment below it says that it prints. */
  readonly prints: string | undefined;
}

/** A command may go on over several lines; `# …` after it is what it prints. */
function commandsOf(block: string): Command[] {
  const commands: Command[] = [];
  for (const part of block.split(/\n(?=curl |# )/)) {
    const last = commands.pop();
    if (part.startsWith('# ') && last) commands.push({ ...last, prints: part.slice(2).trim() });
    else commands.push(...(last ? [last] : []), { line: part.trim(), prints: undefined });
  }
  return commands;
}

const blocks = [...README.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block);
const commands = blocks
  .filter((block) => block.startsWith('curl '))
  .flatMap((block) => commandsOf(block));

/** The times of the README are nobody's. */
const timeless = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'some time');

describe('the README', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ notifications: 1 });
  }, 60_000);
  afterAll(() => system.stop());

  const here = (line: string): string =>
    [
      ['127.0.0.1:4000', system.apiUrl()],
      ['127.0.0.1:4001', system.gatewayUrl()],
      ['127.0.0.1:4002', system.notificationUrl()],
    ].reduce((text, [there = '', url = '']) => text.replaceAll(there, new URL(url).host), line);

  it('is one page with a command for each interface', () => {
    expect(README.split('\n').length).toBeLessThanOrEqual(120);
    expect(commands.length).toBeGreaterThanOrEqual(8);
  });

  it('holds from its first command to its last', async () => {
    for (const command of commands) await demand(command);
  }, 60_000);

  async function demand({ line, prints }: Command): Promise<void> {
    const isStream = line.startsWith('curl -N');
    const options = `-sS --fail-with-body -m ${isStream ? 3 : 20}`;
    const command = here(line).replace(/^curl /, `curl ${options} `);
    const ended = await run('bash', ['-c', command]).catch(
      (cause: { readonly stdout: string; readonly stderr: string; readonly code: number }) => cause,
    );
    const code = 'code' in ended ? ended.code : 0;
    // 28: a stream has no end, so curl has to be told one.
    expect([line, code, isStream ? '' : ended.stderr]).toEqual([line, isStream ? 28 : 0, '']);
    const printed = timeless(ended.stdout.trim());
    expect([line, printed]).not.toEqual([line, expect.stringMatching(/^$|"errors"/)]);
    if (prints !== undefined) expect([line, printed]).toEqual([line, timeless(prints)]);
  }
});
