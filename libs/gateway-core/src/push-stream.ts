/**
 * How far the stream of pushes from the present home has been taken, and when it has a hole.
 *
 * I1  a hole, or a stream that the home began anew, is answered by restating the interest as a
 *     whole: its answer holds every value, so nothing that was missed stays missed.
 * I2  an answer is held against what was known when it was asked for: pushes may overtake it.
 */

/** The step of a push. */
export interface Step {
  readonly from: number;
  readonly to: number;
}

export class PushStream {
  private last: Step | null = null;
  /**
   * Steps that came while the answer to the whole interest, which tells where they belong, was
   * awaited.
   */
  private early: Step[] = [];

  /** The position held, null while the interest has not been stated as a whole. */
  get position(): number | null {
    return this.last === null ? null : this.last.to;
  }

  /** The step taken last: what an answer to a question asked now will be held against. */
  get mark(): Step | null {
    return this.last;
  }

  /** The interest is about to be stated as a whole: whatever was held ends here. */
  begin(): void {
    this.last = null;
    this.early = [];
  }

  /**
   * The whole interest is registered, at this position. Of the pushes that came before the answer
   * those that follow on from it count; others were the last of the stream that has ended.
   */
  begun(stream: number): void {
    this.last = { from: stream, to: stream };
    for (const step of this.early) if (step.from === this.last.to) this.last = step;
    this.early = [];
  }

  /** A push has been taken. Gives false where there is a hole before it. */
  push(step: Step): boolean {
    if (this.last === null) {
      this.early.push(step);
      return true;
    }
    const whole = step.from <= this.last.to;
    this.last = step;
    return whole;
  }

  /**
   * The home states its position in answer to a question asked at `mark`. Gives false where that is
   * another stream than the one held: one push is in flight at a time, so the home cannot lie
   * before the step it sent last. Before a `mark` there is nothing to compare with.
   */
  confirms(mark: Step | null, stream: number | null): boolean {
    if (mark === null) return true;
    return stream !== null && stream >= mark.from;
  }
}
