import WebSocket from 'ws';
import type { OperationName } from './operations.js';

/** Where a client goes, and who its viewer is. */
export interface Going {
  /** GraphQL over WebSocket, `ws://…/graphql`. */
  readonly liveUrl: string;
  readonly viewerId: string;
}

/** What a client tells of an operation. */
export interface Told {
  readonly data: (data: unknown) => void;
  /** It is over because of that: `extensions.code` of the error, or the code that the socket closed with. */
  readonly failed: (code: unknown) => void;
}

/** A GraphQL client as it comes, behind the little that tests want of one. */
export interface StockClient {
  /** Begins an operation; the result ends it. */
  subscribe(name: OperationName, variables: Record<string, unknown>, told: Told): () => void;
  close(): void | Promise<void>;
}

export type OpenStockClient = (going: Going) => StockClient;

/** All that is set of graphql-ws; a browser has a WebSocket of its own. */
export const socketOptions = ({ liveUrl, viewerId }: Going) => ({
  url: liveUrl,
  connectionParams: { viewerId },
  webSocketImpl: WebSocket,
});

/** GraphQL over server-sent events of the gateway that is meant. */
export const streamUrl = ({ liveUrl }: Going): string =>
  liveUrl.replace('ws:', 'http:').replace(/\/graphql$/, '/graphql/stream');

/** The code in what graphql-ws says of an operation that has failed: a list of errors, or how the socket closed. */
export function codeOf(cause: unknown): unknown {
  if (!Array.isArray(cause)) return (cause as { readonly code?: unknown }).code;
  const [first] = cause as readonly { readonly extensions?: { readonly code?: unknown } }[];
  return first?.extensions?.code;
}
