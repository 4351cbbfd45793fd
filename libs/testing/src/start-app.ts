import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnTied, type ProcessEnd, type TiedProcess } from './tied-process.js';
import { until } from './until.js';

/** The workspace, seen from the sources and from dist/ alike. */
const ROOT = ancestorWith('nx.json');
const READY_MS_MAX = 60_000;
/** The end of what an app has printed is kept, for the sentence that says why a test failed. */
const OUTPUT_CHARACTERS_MAX = 200_000;

/** Settings of an app, as its environment has them. */
export type AppEnv = Readonly<Record<string, string>>;

/** A built app, running as a process of its own. */
export class AppProcess {
  private printed = '';

  private constructor(
    readonly name: string,
    readonly port: number,
    private readonly env: AppEnv,
    private process: TiedProcess,
  ) {
    this.listen();
  }

  /** Starts `dist/apps/<name>` and waits until it answers at `port`. Rejects with what it printed if it does not. */
  static async start(name: string, port: number, env: AppEnv): Promise<AppProcess> {
    const app = new AppProcess(name, port, env, await launch(name, env));
    await app.live();
    return app;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.process.pid;
  }

  /** What it has printed, on both outputs. */
  get output(): string {
    return this.printed;
  }

  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.process.child.kill(signal);
  }

  /** Ends it and waits for that; SIGTERM stops it in good order. */
  end(signal: NodeJS.Signals): Promise<ProcessEnd> {
    return this.process.end(signal, 15_000);
  }

  /** Starts it again with the same settings, once it has ended. */
  async restart(): Promise<void> {
    this.process = await launch(this.name, this.env);
    this.listen();
    await this.live();
  }

  private async live(): Promise<void> {
    let ended = false;
    void this.process.exited.then(() => (ended = true));
    const answers = async (): Promise<boolean> =>
      ended || (await fetch(`${this.url}/health/live`)).ok;
    await until(answers, { what: `${this.name} to answer`, timeoutMs: READY_MS_MAX, everyMs: 25 });
    if (ended) throw new Error(`${this.name} did not start: ${this.printed}`);
  }

  private listen(): void {
    const { stdout, stderr } = this.process.child;
    for (const stream of [stdout, stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.printed = (this.printed + text).slice(-OUTPUT_CHARACTERS_MAX);
      });
    }
  }
}

async function launch(name: string, env: AppEnv): Promise<TiedProcess> {
  const main = join(ROOT, 'dist/apps', name, 'src/main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build first`);
  return spawnTied(process.execPath, ['--enable-source-maps', main], {
    // Nothing of this process' own settings may reach the app.
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function ancestorWith(file: string): string {
  let folder = __dirname;
  while (!existsSync(join(folder, file)) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}
