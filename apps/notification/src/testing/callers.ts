/** Callers of a running notification: over GraphQL and REST, as somebody or with a token. */
import type { RunningApp } from '@headcount/platform';

/** An answer over GraphQL. */
export interface Answer {
  // Tests look into whatever they have asked for.
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

export interface UnreadShown {
  readonly total: number;
  readonly cursor: string;
  readonly pages: {
    readonly edges: readonly {
      readonly cursor: string;
      readonly node: {
        readonly pageId: string;
        readonly count: number;
        readonly lastModifiedAt: string;
        readonly lastTitle: string | null;
        readonly cursor: string;
      };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

const UNREAD = `total cursor pages(first: 100) {
  edges { cursor node { pageId count lastModifiedAt lastTitle cursor } } pageInfo { hasNextPage endCursor } }`;

/** One caller; `headers` say who it is. */
export class TestCaller {
  constructor(
    private readonly app: RunningApp,
    readonly headers: Readonly<Record<string, string>>,
  ) {}

  async graphql(query: string, variables: object = {}): Promise<Answer> {
    const response = await fetch(`${this.app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  }

  /** The field's value; throws where there is an error. */
  async ask<T>(field: string, query: string, variables: object = {}): Promise<T> {
    const { data, errors } = await this.graphql(query, variables);
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data[field] as T;
  }

  /** Codes of the errors of an operation. */
  async codes(query: string, variables: object = {}): Promise<string[]> {
    const { errors = [] } = await this.graphql(query, variables);
    return errors.map(({ extensions }) => extensions.code);
  }

  async rest(method: string, path: string, body?: unknown): Promise<[number, unknown]> {
    const response = await fetch(this.app.url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...this.headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return [response.status, text === '' ? null : JSON.parse(text)];
  }

  unread(): Promise<UnreadShown> {
    return this.ask('unread', `{ unread { ${UNREAD} } }`);
  }

  /** Page -> count. */
  async counts(): Promise<Record<string, number>> {
    return countsOf(await this.unread());
  }

  follow(pageId: string): Promise<{ unread: number; mutedUntil: string | null }> {
    return this.ask(
      'follow',
      'mutation($pageId: ID!) { follow(pageId: $pageId) { pageId unread mutedUntil } }',
      { pageId },
    );
  }

  unfollow(pageId: string): Promise<boolean> {
    return this.ask('unfollow', 'mutation($pageId: ID!) { unfollow(pageId: $pageId) }', { pageId });
  }

  mute(pageId: string, until?: string): Promise<{ unread: number; mutedUntil: string | null }> {
    return this.ask(
      'mute',
      'mutation($pageId: ID!, $until: DateTime) { mute(pageId: $pageId, until: $until) { unread mutedUntil } }',
      { pageId, until },
    );
  }

  markRead(pageId: string, cursor: string): Promise<UnreadShown> {
    return this.ask('markRead', MARK_READ, { pageId, cursor });
  }

  markAllRead(cursor: string): Promise<UnreadShown> {
    return this.ask('markAllRead', MARK_ALL_READ, { cursor });
  }

  modify(pageId: string, eventId: string, more: object = {}): Promise<{ counted: boolean }> {
    return this.ask(
      'modifyPage',
      'mutation($input: ModifyPageInput!) { modifyPage(input: $input) { counted } }',
      { input: { pageId, eventId, ...more } },
    );
  }
}

export const MARK_READ = `mutation($pageId: ID!, $cursor: String!) {
  markRead(pageId: $pageId, cursor: $cursor) { ${UNREAD} } }`;
export const MARK_ALL_READ = `mutation($cursor: String!) { markAllRead(cursor: $cursor) { ${UNREAD} } }`;

/** Page -> count. */
export function countsOf({ pages }: UnreadShown): Record<string, number> {
  return Object.fromEntries(pages.edges.map(({ node }) => [node.pageId, node.count]));
}
