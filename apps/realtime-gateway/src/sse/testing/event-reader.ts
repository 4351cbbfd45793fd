import { request, type ClientRequest, type IncomingMessage } from 'node:http';

/** An event as the reader took it in. */
export interface ReadEvent {
  readonly id: string | undefined;
  readonly data: unknown;
}

export interface ReaderOptions {
  readonly method?: string;
  readonly body?: string;
  /** The address to come from, where that matters. */
  readonly localAddress?: string;
}

/** Reads one stream over a connection of its own, which it can leave unread, or break. */
export class EventReader {
  readonly events: ReadEvent[] = [];
  readonly comments: string[] = [];
  retryMs: number | null = null;
  status: number | null = null;
  headers: IncomingMessage['headers'] = {};
  /** How it ended: the answer was complete, or the connection broke; null: it goes on. */
  ended: 'complete' | 'broken' | null = null;
  text = '';
  private response: IncomingMessage | null = null;
  private readonly request: ClientRequest;
  private rest = '';

  constructor(
    url: string,
    headers: Record<string, string>,
    { method = 'GET', body, localAddress }: ReaderOptions = {},
  ) {
    const all = { accept: 'text/event-stream', ...headers };
    this.request = request(url, {
      ...{ agent: false, method, headers: all },
      ...(localAddress !== undefined && { localAddress }),
    });
    this.request.on('error', () => (this.ended ??= 'broken'));
    this.request.on('response', (response) => {
      this.response = response;
      this.status = response.statusCode ?? null;
      this.headers = response.headers;
      response.setEncoding('utf8').on('data', (text: string) => this.take(text));
      response.on('error', () => undefined);
      response.on('end', () => (this.ended ??= 'complete'));
      response.on('close', () => (this.ended ??= 'broken'));
    });
    this.request.end(body);
  }

  /** The `count` of each event. */
  get counts(): unknown[] {
    return this.events.map(({ data }) => (data as { count?: unknown }).count);
  }

  /** Takes nothing in any more, so that what is sent piles up. */
  pause(): void {
    this.response?.pause();
  }

  resume(): void {
    this.response?.resume();
  }

  /** Breaks the connection off without a word. */
  vanish(): void {
    this.request.destroy();
    this.response?.socket.resetAndDestroy();
  }

  private take(text: string): void {
    this.text += text;
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) this.takeBlock(block.split('\n'));
  }

  private takeBlock(lines: readonly string[]): void {
    const field = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    this.comments.push(...lines.filter((line) => line.startsWith(':')));
    const retry = field('retry');
    if (retry !== undefined) this.retryMs = Number(retry);
    const data = field('data');
    if (data !== undefined) this.events.push({ id: field('id'), data: JSON.parse(data) });
  }
}
