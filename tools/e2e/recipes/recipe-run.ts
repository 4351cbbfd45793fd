/** Runs the steps of a page against a running region, as a reader would who copies block after block. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until, type System } from '@headcount/testing';
import { isWhatThePageSays, type Command, type Step } from './page-steps.js';

const PATIENCE_MS = 15_000;
/** A browser has a WebSocket; this Node may have none. */
const BROWSER = `import { WebSocket } from 'ws';\nglobalThis.WebSocket ??= WebSocket;\n`;
/** What changes nothing may be asked again until what it shows has come round. */
const CHANGES = / -[Xd] /;

/** A program that a page has started. */
interface Program {
  readonly child: ChildProcess;
  printed: string;
  /** So much of it has been held against the page. */
  checked: number;
}

export class RecipeRun {
  private readonly folder = mkdtempSync(join(tmpdir(), 'headcount-recipes-'));
  private readonly programs: Program[] = [];
  private readonly env: NodeJS.ProcessEnv;

  constructor(private readonly system: System) {
    symlinkSync(join(__dirname, '../../../node_modules'), join(this.folder, 'node_modules'));
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }');
    this.env = { PATH: `${process.env.PATH}:${this.folder}` };
    const curl = join(this.folder, 'curl');
    writeFileSync(
      curl,
      `#!/bin/sh\nexec '${process.execPath}' '${join(__dirname, 'curl.mjs')}' "$@"\n`,
    );
    chmodSync(curl, 0o755);
    // Before all others where it is asked for, else after them: for machines without one.
    if (process.env.HEADCOUNT_RECIPES_CURL === 'own')
      this.env['PATH'] = `${this.folder}:${process.env.PATH}`;
  }

  /** Throws at the first step that does not do what the page says. */
  async run(steps: readonly Step[]): Promise<void> {
    try {
      for (const step of steps) {
        if (step.kind === 'sh') for (const command of step.commands) await this.shell(command);
        else if (step.kind === 'js') this.start(step.code);
        else if (step.kind === 'text') await this.waitFor(step.prints);
        else await this.ask(step.document, step.answer);
      }
      for (const { child, printed, checked } of this.programs) {
        if (child.exitCode)
          throw new Error(`a program has ended with ${child.exitCode}: ${printed}`);
        const more = newsIn(printed, checked);
        if (more.length > 0) throw new Error(`a program has printed more: ${more.join(', ')}`);
      }
    } finally {
      for (const { child } of this.programs.splice(0)) child.kill('SIGKILL');
    }
  }

  close(): void {
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true });
  }

  /** The addresses of `npm start`, made those of the region of the test. */
  private here(text: string): string {
    const { system } = this;
    return text
      .replaceAll('127.0.0.1:4000', new URL(system.apiUrl()).host)
      .replaceAll('127.0.0.1:4001', new URL(system.gatewayUrl()).host)
      .replaceAll('127.0.0.1:4002', new URL(system.notificationUrl()).host);
  }

  private async shell({ command, prints }: Command): Promise<void> {
    const once = () => this.execute(this.here(command));
    if (prints === null || CHANGES.test(command)) {
      const printed = await once();
      if (prints === null || isWhatThePageSays(printed, prints)) return;
      throw new Error(`${command}\nprinted  ${printed}\ninstead of  ${prints}`);
    }
    await until(once, {
      ...{ timeoutMs: PATIENCE_MS, everyMs: 100, what: `${command}\nto print  ${prints}\n` },
      accept: (printed) => isWhatThePageSays(printed, prints),
    });
  }

  private execute(command: string): Promise<string> {
    const options = { cwd: this.folder, env: this.env, timeout: PATIENCE_MS };
    return new Promise((resolve, reject) => {
      execFile('bash', ['--norc', '-e', '-c', command], options, (error, stdout, stderr) => {
        if (error) reject(new Error(`${command}: ${error.message}\n${stderr}`));
        // Heads of HTTP end their lines in their own way.
        else resolve(stdout.replaceAll('\r\n', '\n'));
      });
    });
  }

  private start(code: string): void {
    const file = join(this.folder, `program-${this.programs.length}.js`);
    writeFileSync(file, BROWSER + this.here(code));
    const child = spawn(process.execPath, [file], { cwd: this.folder, env: this.env });
    const program: Program = { child, printed: '', checked: 0 };
    for (const output of [child.stdout, child.stderr])
      output.setEncoding('utf8').on('data', (text: string) => (program.printed += text));
    this.programs.push(program);
  }

  private async waitFor(prints: string): Promise<void> {
    const program = this.programs.at(-1);
    if (!program) throw new Error('the page has started no program that could print');
    const says = linesOf(prints).sort().join('\n');
    const seen = await until(
      () => {
        const { printed, checked } = program;
        // Several subscriptions of a program print in no particular order.
        return { upTo: printed.length, news: newsIn(printed, checked).sort().join('\n') };
      },
      {
        ...{ timeoutMs: PATIENCE_MS, what: `the program to print  ${prints}` },
        accept: ({ news }) => isWhatThePageSays(news, says),
      },
    );
    program.checked = seen.upTo;
  }

  private async ask(document: string, says: string | null): Promise<void> {
    const ask = async () => {
      const response = await fetch(`${this.system.apiUrl()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: document }),
      });
      const answer = (await response.json()) as { data?: unknown; errors?: unknown };
      if (answer.errors) throw new Error(`${document}\n${JSON.stringify(answer.errors)}`);
      return JSON.stringify(answer.data);
    };
    const expected = says && JSON.stringify(JSON.parse(says));
    if (!document.trimStart().startsWith('mutation') && expected) {
      await until(ask, {
        ...{ timeoutMs: PATIENCE_MS, everyMs: 100, what: `${document} to answer ${expected}` },
        accept: (answer) => isWhatThePageSays(answer, expected),
      });
      return;
    }
    const answer = await ask();
    if (expected !== null && !isWhatThePageSays(answer, expected))
      throw new Error(`${document}\nanswered  ${answer}\ninstead of  ${expected}`);
  }
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/**
 * What a program has printed after the first `checked` characters, without lines that only say again what was said of the
 * same thing last, all but the last word being the thing: a count may be sent again without having changed.
 */
function newsIn(printed: string, checked: number): string[] {
  const last = new Map<string, string>();
  const changes = (text: string) =>
    linesOf(text).filter((line) => {
      const thing = line.replace(/\S+$/, '');
      const isNews = last.get(thing) !== line;
      last.set(thing, line);
      return isNews;
    });
  changes(printed.slice(0, checked));
  return changes(printed.slice(checked));
}
