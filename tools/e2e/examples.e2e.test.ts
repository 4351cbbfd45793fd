/**
 * Goal    what docs/clients.md shows works when it is copied.
 * Method  each example is written to a file and run by Node as it stands, but for the address of the gateway, against a real
 *         region; what it prints is what somebody would see.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { LiveClient, startSystem, until, type System } from '@headcount/testing';
import { examplesIn } from './examples.js';
import { restCount } from './rest-count.js';
import { ARTIFACTS } from './stock-clients/relay-artifacts.js';

/** A browser has a WebSocket; this Node may have none. */
const BROWSER = `import { WebSocket } from 'ws';\nglobalThis.WebSocket ??= WebSocket;\n`;

describe('an example of docs/clients.md', () => {
  let system: System;
  let folder: string;
  const running: ChildProcessByStdio<null, Readable, Readable>[] = [];
  beforeAll(async () => {
    system = await startSystem();
    folder = mkdtempSync(join(tmpdir(), 'headcount-examples-'));
    symlinkSync(join(__dirname, '../../node_modules'), join(folder, 'node_modules'));
    // What relay-compiler would have written.
    mkdirSync(join(folder, '__generated__'));
    writeFileSync(
      join(folder, '__generated__/Viewing.graphql.js'),
      `export default ${JSON.stringify(ARTIFACTS.Viewing)}`,
    );
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  }, 60_000);
  afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await system.stop();
  });

  /** Runs an example; the result gives all that it has printed so far. */
  const run = (code: string): (() => string) => {
    const file = join(folder, 'example.js');
    const gateway = new URL(system.gatewayUrl()).host;
    writeFileSync(file, BROWSER + code.replaceAll('127.0.0.1:4001', gateway));
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
    running.push(child);
    let printed = '';
    for (const output of [child.stdout, child.stderr])
      output.setEncoding('utf8').on('data', (text: string) => (printed += text));
    return () => printed;
  };

  const examples = examplesIn('docs/clients.md');
  it('is there for each of the clients', () => {
    const titles = ['graphql-ws', 'Apollo Client', 'urql', 'Relay', 'graphql-sse'];
    expect(examples.map(({ title }) => title)).toEqual(titles);
  });

  it.each(examples)('for $title prints the count of the page as it changes', async ({ code }) => {
    await until(() => restCount(system, 'home'), {
      ...{ what: 'the page to be empty', accept: (count) => count === 0, timeoutMs: 20_000 },
    });
    const printed = run(code);
    const prints = (text: string) =>
      until(printed, { what: text, accept: (all) => all === text, timeoutMs: 10_000 });
    await prints('1\n');
    const bob = new LiveClient(system.liveUrl(), { viewerId: 'bob' });
    bob.viewing('home');
    await prints('1\n2\n');
    await bob.close();
    await prints('1\n2\n1\n');
  });
});
