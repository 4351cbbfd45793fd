/** How far a datagram may be overtaken and still be taken, in numbers of its sender. */
export const WINDOW_NUMBERS = 1024;

const WORD_BITS = 32;

/**
 * Numbers of one sender, each taken once (as the anti-replay window of RFC 4303, 3.4.3, does it).
 * Datagrams overtake each other, so the numbers need not rise; those more than WINDOW_NUMBERS below
 * the highest are refused, whether they were taken or not. 128 bytes, O(1) but for jumps.
 */
export class NumberWindow {
  private highest = 0;
  /** One bit a number, at its remainder. */
  private readonly seen = new Uint32Array(WINDOW_NUMBERS / WORD_BITS);

  /** Whether the number is new; it is not from here on. */
  take(number: number): boolean {
    if (number <= this.highest - WINDOW_NUMBERS) return false;
    if (number > this.highest) this.advance(number);
    else if (this.has(number)) return false;
    this.set(number, true);
    return true;
  }

  private advance(to: number): void {
    // The bits of numbers between belonged to numbers that have left the window.
    if (to - this.highest >= WINDOW_NUMBERS) this.seen.fill(0);
    else for (let number = this.highest + 1; number <= to; number += 1) this.set(number, false);
    this.highest = to;
  }

  private has(number: number): boolean {
    const { word, mask } = placeOf(number);
    return ((this.seen[word] ?? 0) & mask) !== 0;
  }

  private set(number: number, isSeen: boolean): void {
    const { word, mask } = placeOf(number);
    const bits = this.seen[word] ?? 0;
    this.seen[word] = isSeen ? bits | mask : bits & ~mask;
  }
}

function placeOf(number: number): { readonly word: number; readonly mask: number } {
  const bit = number % WINDOW_NUMBERS;
  return { word: Math.floor(bit / WORD_BITS), mask: 1 << (bit % WORD_BITS) };
}
