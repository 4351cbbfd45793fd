import {
  PATHS,
  digestAnswer,
  err,
  pullAnswer,
  quotaAnswer,
  type DigestRequest,
  type PullRequest,
  type QuotaAnswer,
  type QuotaRequest,
  type Result,
} from '@headcount/protocol';
import type { CallFailure, SignedClients } from '@headcount/platform';
import type { LinkFailure, PeerLink } from '@headcount/replication';

/** A way to a peer region that is to be given up in the end. */
export interface PeerClient extends PeerLink {
  /** Asks for rights in a bounded counter; asked again it may give again. */
  quota(body: QuotaRequest, timeoutMs: number): Promise<Result<QuotaAnswer, LinkFailure>>;
  /** Calls under way fail: a digest may be waiting for news, and nothing that is asked changes anything there. */
  abort(): Promise<void>;
}

/** Makes the ways to peers. */
export interface PeerClients {
  open(url: string): PeerClient;
}

export const PEER_CLIENTS = Symbol('PEER_CLIENTS');

/** Patience beyond the time that a digest may wait at the other side, in milliseconds. */
const DIGEST_PATIENCE_MS = 3000;
/** Patience with half a megabyte from another continent. */
const PULL_TIMEOUT_MS = 10_000;

/** Clients over connections that are kept. */
export function peerClients(clients: SignedClients): PeerClients {
  return {
    open(url) {
      const client = clients.open(url, 'region');
      return {
        digest: async (body: DigestRequest) => {
          const timeoutMs = body.waitMs + DIGEST_PATIENCE_MS;
          const call = { method: 'POST' as const, path: PATHS.digest, body, answer: digestAnswer };
          return told(await client.call({ ...call, timeoutMs }));
        },
        pull: async (body: PullRequest) => {
          const call = { method: 'POST' as const, path: PATHS.pull, body, answer: pullAnswer };
          return told(await client.call({ ...call, timeoutMs: PULL_TIMEOUT_MS }));
        },
        quota: async (body: QuotaRequest, timeoutMs: number) => {
          const call = { method: 'POST' as const, path: PATHS.quota, body, answer: quotaAnswer };
          return told(await client.call({ ...call, timeoutMs }));
        },
        abort: () => client.abort(),
      };
    },
  };
}

/** The failure in the words of the replication: a refusal by its code. */
function told<T>(called: Result<T, CallFailure>): Result<T, LinkFailure> {
  if (called.ok) return called;
  const { error } = called;
  if (error.code !== 'REFUSED') return err(error);
  return err({ code: error.refusal ?? `STATUS_${error.status}`, detail: error.detail });
}
