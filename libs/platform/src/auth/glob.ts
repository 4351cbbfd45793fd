/** Whether a text is as a pattern says. */
export type Glob = (text: string) => boolean;

/**
 * The test that a pattern stands for: `*` is any text, also none; every other sign is itself.
 * No backtracking: the parts between stars are looked for from left to right, each behind the one
 * before, and the leftmost place is always right, for it leaves most to the parts that follow. So
 * no pattern of a stranger makes a match slower than text times pattern, both of which are bounded.
 */
export function glob(pattern: string): Glob {
  const [head = '', ...parts] = pattern.split('*');
  const tail = parts.pop();
  if (tail === undefined) return (text) => text === pattern;
  return (text) => {
    const end = text.length - tail.length;
    // Head and tail must not share signs: `ab*bc` is not `abc`.
    if (end < head.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
    let at = head.length;
    for (const part of parts) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}
