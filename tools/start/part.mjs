import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../setup/fault.mjs';
import { launch } from './launch.mjs';

/** In milliseconds, but for `deathsMax`. */
const LIMITS = {
  readyMsMax: 30_000,
  stopMsMax: 12_000,
  /** A part that has run for so long is sound, and its earlier deaths are forgotten. */
  soundMs: 30_000,
  deathsMax: 6,
  /** Before a part is started again; doubled at every death. */
  pauseMsFirst: 250,
  pauseMsMax: 4000,
};

/**
 * One supervised process. `spec` is what `launch` takes, and `readiness`, which resolves with undefined when the part is
 * ready and else with words that say why not. `onLost` is called with a Fault once it keeps dying. `limits` replaces some
 * of the limits above.
 */
export class Part {
  #spec;
  #say;
  #onLost;
  #limits;
  #process;
  #stopping = new AbortController();

  constructor(spec, { say, onLost, limits }) {
    this.#limits = { ...LIMITS, ...limits };
    this.#spec = spec;
    this.#say = say;
    this.#onLost = onLost;
  }

  /** The first start: resolves when the part is ready. Rejects with a Fault, its own words, if it ends or hangs before. */
  async start() {
    await this.#run();
    void this.#keepAlive().catch((error) => this.#onLost(error));
  }

  /** Ends the part in good order, by force after 12 s. It is not started again. */
  async stop() {
    this.#stopping.abort();
    const running = this.#process;
    if (running === undefined) return;
    running.kill('SIGTERM');
    const force = setTimeout(() => running.kill('SIGKILL'), this.#limits.stopMsMax);
    await running.exited;
    clearTimeout(force);
  }

  /** One process, from its launch until it is ready. */
  async #run() {
    const running = launch(this.#spec);
    this.#process = running;
    let end;
    void running.exited.then((how) => (end = how));
    const deadline = performance.now() + this.#limits.readyMsMax;
    let reason = 'it does not answer';
    while (end === undefined) {
      reason = await this.#spec.readiness().catch(() => reason);
      if (reason === undefined && end === undefined) return;
      if (performance.now() > deadline) {
        throw new Fault(
          `${this.#spec.name} is not ready after ${this.#limits.readyMsMax / 1000} s: ${reason}`,
        );
      }
      await sleep(50);
    }
    throw new Fault(running.lastWords() || this.#ended(end));
  }

  async #keepAlive() {
    let deaths = 0;
    for (;;) {
      const readySinceMs = performance.now();
      const end = await this.#process.exited;
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - readySinceMs > this.#limits.soundMs) deaths = 0;
      this.#say(`${this.#ended(end)} It is started again.`);
      deaths = await this.#revive(deaths);
      if (this.#stopping.signal.aborted) return;
      this.#say(`${this.#spec.name} is back.`);
    }
  }

  /** Starts until one process gets ready. Resolves with the number of deaths so far; throws a Fault when they are too many. */
  async #revive(deathsBefore) {
    for (let deaths = deathsBefore + 1; ; deaths += 1) {
      if (deaths > this.#limits.deathsMax) {
        throw new Fault(`${this.#spec.name} keeps dying and is given up. ${this.#whereItsLogIs()}`);
      }
      const pauseMs = Math.min(
        this.#limits.pauseMsFirst * 2 ** (deaths - 1),
        this.#limits.pauseMsMax,
      );
      await sleep(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return deaths;
      try {
        await this.#run();
        return deaths;
      } catch (error) {
        if (this.#stopping.signal.aborted) return deaths;
        this.#say(error.message);
        this.#process.kill('SIGKILL');
        await this.#process.exited;
      }
    }
  }

  #ended(end) {
    return `${this.#spec.name} has ended (${end}).`;
  }

  #whereItsLogIs() {
    return this.#spec.log === undefined
      ? 'What it said stands above.'
      : `Its log: ${this.#spec.log}`;
  }
}
