import { setTimeout as after } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { outsideRequests } from '../redis/request-work.js';

/**
 * What is wrong, as a sentence for an operator, or null. May throw: its message is what is wrong
 * then.
 */
export type ReadinessCheck = () => string | null | Promise<string | null>;

/** How long a check may take, in milliseconds; one that does not answer is not well. */
const CHECK_MS_MAX = 1_000;

/** What an app needs to be of use. Its parts add a check each, at their start. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly warnings = new Map<string, () => string | null>();
  private stopping = false;
  private running: Promise<ReadonlyMap<string, string | null>> | null = null;

  /** Adds a check; `name` is what health pages call it. The same name again replaces it. */
  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** Adds what operators are warned of while the app is ready all the same. The same name again replaces it. */
  addWarning(name: string, warning: () => string | null): void {
    this.warnings.set(name, warning);
  }

  /** What operators are warned of now, each under its name. */
  get warned(): ReadonlyMap<string, string> {
    const warned = new Map<string, string>();
    for (const [name, warning] of this.warnings) {
      const sentence = warning();
      if (sentence !== null) warned.set(name, sentence);
    }
    return warned;
  }

  /** From now on the app is not ready, whatever its checks say: it is about to stop. */
  stop(): void {
    this.stopping = true;
  }

  /**
   * Runs all checks at once: what is wrong with each, or null. Callers who come meanwhile share the run: the page is open to
   * everybody and held to no rate limit, so it must not ask Redis as often as it is asked.
   */
  run(): Promise<ReadonlyMap<string, string | null>> {
    this.running ??= outsideRequests(() => this.runOnce()).finally(() => (this.running = null));
    return this.running;
  }

  private async runOnce(): Promise<ReadonlyMap<string, string | null>> {
    const stop: [string, string | null] = ['running', this.stopping ? 'is stopping' : null];
    const checks = [...this.checks].map(async ([name, check]): Promise<[string, string | null]> => [
      name,
      await outcome(check),
    ]);
    return new Map([stop, ...(await Promise.all(checks))]);
  }
}

async function outcome(check: ReadinessCheck): Promise<string | null> {
  const late = new AbortController();
  const deadline = after(CHECK_MS_MAX, `no answer within ${CHECK_MS_MAX} ms`, {
    signal: late.signal,
    ref: false,
  }).catch(() => null);
  try {
    return await Promise.race([check(), deadline]);
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  } finally {
    late.abort();
  }
}
