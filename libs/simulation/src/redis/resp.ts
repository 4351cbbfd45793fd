/** RESP3, as far as Redis 7 answers with it: bytes to values. Text is taken byte by byte (latin1), so dumps survive. */

/** An answer of Redis that says what was wrong. */
export class RedisError extends Error {}

/** A message that Redis sends by itself. */
export class Push {
  constructor(readonly parts: readonly unknown[]) {}
}

const INCOMPLETE = Symbol('INCOMPLETE');

/** Takes bytes as they come and gives the values that are complete. */
export class RespReader {
  private text = '';
  private at = 0;

  /** The values that are complete with this. */
  take(chunk: string): unknown[] {
    this.text = this.at === this.text.length ? chunk : this.text.slice(this.at) + chunk;
    this.at = 0;
    const values: unknown[] = [];
    for (;;) {
      const begin = this.at;
      const value = this.read();
      if (value === INCOMPLETE) {
        this.at = begin;
        return values;
      }
      values.push(value);
    }
  }

  private line(): string | null {
    const end = this.text.indexOf('\r\n', this.at);
    if (end < 0) return null;
    const line = this.text.slice(this.at, end);
    this.at = end + 2;
    return line;
  }

  private read(): unknown {
    const line = this.line();
    if (line === null) return INCOMPLETE;
    const rest = line.slice(1);
    switch (line[0]) {
      case '+':
        return rest;
      case '-':
        return new RedisError(rest);
      case ':':
        return Number(rest);
      case '_':
        return null;
      case '#':
        return rest === 't' ? 1 : 0;
      case ',':
        return rest;
      case '$':
      case '=':
        return rest === '-1' ? null : this.bytes(Number(rest));
      case '*':
      case '~':
        return rest === '-1' ? null : this.list(Number(rest));
      case '>': {
        const parts = this.list(Number(rest));
        return parts === INCOMPLETE ? parts : new Push(parts as unknown[]);
      }
      case '%':
        return this.map(Number(rest));
      default:
        throw new Error(`no RESP3: ${line}`);
    }
  }

  private bytes(length: number): unknown {
    const end = this.at + length;
    if (this.text.length < end + 2) return INCOMPLETE;
    const bytes = this.text.slice(this.at, end);
    this.at = end + 2;
    return bytes;
  }

  private list(length: number): unknown {
    const items: unknown[] = [];
    while (items.length < length) {
      const item = this.read();
      if (item === INCOMPLETE) return INCOMPLETE;
      items.push(item);
    }
    return items;
  }

  private map(length: number): unknown {
    const items = this.list(2 * length);
    if (items === INCOMPLETE) return INCOMPLETE;
    const pairs = items as string[];
    const map: Record<string, unknown> = {};
    for (let at = 0; at < pairs.length; at += 2) map[String(pairs[at])] = pairs[at + 1];
    return map;
  }
}

/** A command as bytes. */
export function encodeCommand(args: readonly (string | number)[]): string {
  let text = `*${args.length}\r\n`;
  for (const arg of args) {
    const part = typeof arg === 'string' ? arg : String(arg);
    text += `$${part.length}\r\n${part}\r\n`;
  }
  return text;
}
