import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../setup/fault.mjs';
import { launch } from './launch.mjs';

/** In milliseconds. */
const LIMITS = {
  readyMsMax: 30_000,
  /** What is acknowledged is stored by then, so a part that does not end loses nothing when it is killed. */
  stopMsMax: 1000,
  /** A part that has run for so long is sound, and its earlier deaths are forgotten. */
  soundMs: 30_000,
  /** Before a part is started again; doubled at every death, and up to half of it less by chance. */
  pauseMsFirst: 250,
  pauseMsMax: 30_000,
};

/**
 * One supervised process. `spec` is what `launch` takes, and `readiness`, which resolves with undefined when the part is
 * ready and else with words that say why not; `stopMsMax` replaces the limit of that name, `headStartMs` is for supervise. A part that dies is
 * started again, as often as it takes. `onLost` is called with a mistake of ours. `limits` replaces some of the limits above.
 */
export class Part {
  #spec;
  #say;
  #onLost;
  #limits;
  #process;
  #stopping = new AbortController();

  constructor(spec, { say, onLost, limits }) {
    this.headStartMs = spec.headStartMs ?? 0;
    this.#limits = { ...LIMITS, ...(spec.stopMsMax && { stopMsMax: spec.stopMsMax }), ...limits };
    this.#spec = spec;
    this.#say = say;
    this.#onLost = onLost;
  }

  /** The first start: resolves when the part is ready. Rejects with a Fault, its own words, if it ends or hangs before. */
  async start() {
    await this.#run();
    void this.#keepAlive().catch((error) => this.#onLost(error));
  }

  /** Ends the part in good order, by force after `stopMsMax`. It is not started again. */
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
      deaths = await this.#revive(deaths, this.#ended(end));
      if (this.#stopping.signal.aborted) return;
      this.#say(`${this.#spec.name} is back.`);
    }
  }

  /** Starts until one process gets ready or the part is stopped. `reason` is why it has to. Resolves with the number of deaths so far. */
  async #revive(deathsBefore, reason) {
    for (let deaths = deathsBefore + 1; ; deaths += 1) {
      const pauseMs = this.#pauseMs(deaths);
      const often = deaths > 1 ? ` It has died ${deaths} times; ${this.#whereItsLogIs()}` : '';
      this.#say(`${reason} It is started again in ${(pauseMs / 1000).toFixed(1)} s.${often}`);
      await sleep(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return deaths;
      try {
        await this.#run();
        return deaths;
      } catch (error) {
        if (this.#stopping.signal.aborted) return deaths;
        reason = error.message;
        this.#process.kill('SIGKILL');
        await this.#process.exited;
      }
    }
  }

  #pauseMs(deaths) {
    const { pauseMsFirst, pauseMsMax } = this.#limits;
    return Math.min(pauseMsFirst * 2 ** (deaths - 1), pauseMsMax) * (1 - Math.random() / 2);
  }

  #ended(end) {
    return `${this.#spec.name} has ended (${end}).`;
  }

  #whereItsLogIs() {
    return this.#spec.log === undefined
      ? 'what it said stands above.'
      : `its log: ${this.#spec.log}`;
  }
}
