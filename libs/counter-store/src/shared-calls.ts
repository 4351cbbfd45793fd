/**
 * Makes one call of all that is asked for in one go: the questions of one task and of the tasks that it made ready share what a
 * call costs by itself. Each is answered, or fails, by itself; where the call as a whole fails, each of them does.
 */

export interface SharedCallsOptions<Q, A> {
  /** Answers all of them, in their order; an Error is the failure of one alone. */
  readonly call: (questions: readonly Q[]) => Promise<readonly (A | Error)[]>;
  /** What a question adds to the weight of its call. */
  readonly weigh: (question: Q) => number;
  /** Most questions of a call. */
  readonly questionsMax: number;
  /** Most weight of a call of more than one question. */
  readonly weightMax: number;
}

interface Asked<Q, A> {
  readonly question: Q;
  readonly answer: (answer: A) => void;
  readonly fail: (cause: unknown) => void;
}

/** See the head of the file. */
export class SharedCalls<Q, A> {
  private waiting: Asked<Q, A>[] = [];
  private weight = 0;

  constructor(private readonly options: SharedCallsOptions<Q, A>) {}

  /** Resolves with the answer to this question. */
  ask(question: Q): Promise<A> {
    const { weigh, questionsMax, weightMax } = this.options;
    const weight = weigh(question);
    if (this.weight + weight > weightMax) this.send();
    return new Promise((answer, fail) => {
      this.weight += weight;
      if (this.waiting.push({ question, answer, fail }) === questionsMax) this.send();
      // After the microtasks that are due by now, so that whoever has just been answered may ask again.
      else if (this.waiting.length === 1) queueMicrotask(() => this.send());
    });
  }

  private send(): void {
    const asked = this.waiting;
    if (asked.length === 0) return;
    this.waiting = [];
    this.weight = 0;
    void this.options.call(asked.map(({ question }) => question)).then(
      (answers) =>
        asked.forEach(({ answer, fail }, place) => {
          const given = answers[place];
          if (given === undefined || given instanceof Error)
            fail(given ?? new Error('a question has not been answered'));
          else answer(given);
        }),
      (cause: unknown) => asked.forEach(({ fail }) => fail(cause)),
    );
  }
}
