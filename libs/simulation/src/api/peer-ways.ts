/** The ways of a counter-api to the other regions, each to whichever counter-api answers there, as a balancer has it. */
import { PATHS, err, type DigestRequest, type PullRequest, type Result } from '@headcount/protocol';
import type { LinkFailure, PeerLink } from '@headcount/replication';
import type { CallFailure, HttpClient } from '../core/http.js';

/** Patience beyond the time that a digest may wait at the other side, and with a pull, in milliseconds. */
const DIGEST_PATIENCE_MS = 3000;
const PULL_TIMEOUT_MS = 10_000;

/** A way over several clients: the one that has answered last is asked first. */
export function peerWay(clients: readonly HttpClient[]): PeerLink {
  let at = 0;
  const call = async <T>(
    path: string,
    body: unknown,
    timeoutMs: number,
  ): Promise<Result<T, LinkFailure>> => {
    const client = clients[at % clients.length];
    if (client === undefined) return err({ code: 'UNREACHABLE', detail: '' });
    const answer = await client.call<T>(path, body, timeoutMs);
    if (answer.ok) return answer;
    at += 1;
    return err({ code: codeOf(answer.error), detail: '' });
  };
  return {
    digest: (request: DigestRequest) =>
      call(PATHS.digest, request, request.waitMs + DIGEST_PATIENCE_MS),
    pull: (request: PullRequest) => call(PATHS.pull, request, PULL_TIMEOUT_MS),
  };
}

const codeOf = (failure: CallFailure): string =>
  failure.code === 'REFUSED' ? failure.refusal : failure.code;
