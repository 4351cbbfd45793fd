/** `npm start` as a process of a test's own, seen from outside: what it prints and which processes it has. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { until } from '@headcount/testing';

const SCRIPT = join(__dirname, 'start.mjs');
export const READY = /Headcount is ready after/;

export interface Child {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** All processes of this machine. */
export function processes(): readonly Child[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .map((match) => ({
      pid: Number(match?.[1]),
      parent: Number(match?.[2]),
      command: match?.[3] ?? '',
    }));
}

/** One run of it, with `env` alone as its settings. */
export class Run {
  printed = '';
  readonly exitCode: Promise<number | null>;
  private readonly process: ChildProcess;

  /** `npm`: as people and supervisors start it; signals go to npm alone then. */
  constructor(
    env: Readonly<Record<string, string>>,
    args: readonly string[] = [],
    by: 'node' | 'npm' = 'node',
  ) {
    const [program, first] =
      by === 'npm' ? ['npm', ['start', '--silent', '--']] : [process.execPath, [SCRIPT]];
    this.process = spawn(program, [...first, ...args], {
      cwd: join(__dirname, '../..'),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
    }
    this.exitCode = new Promise((resolve) => this.process.once('close', resolve));
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** The processes that it has started and that still run: Redis, apps, and what guards them. */
  children(): readonly Child[] {
    return processes().filter(({ parent }) => parent === this.process.pid);
  }

  /** Those of npm's child, and that child itself. */
  descendants(): readonly Child[] {
    const all = processes();
    const below = (pid: number | undefined): Child[] =>
      all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
    return below(this.process.pid);
  }

  child(part: RegExp): Child {
    const found = this.children().find(({ command }) => part.test(command));
    if (found === undefined) throw new Error(`No process of npm start is like ${part}`);
    return found;
  }

  async prints(text: RegExp, timeoutMs = 60_000): Promise<void> {
    await until(() => !this.running || text.test(this.printed), {
      what: `npm start to print ${text}`,
      timeoutMs,
      everyMs: 50,
    });
    if (!text.test(this.printed))
      throw new Error(`npm start has ended without ${text}: ${this.printed}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Ctrl-C, until it has ended. */
  async stop(): Promise<number | null> {
    this.signal('SIGINT');
    return this.exitCode;
  }
}
