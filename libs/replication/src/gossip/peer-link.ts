import type {
  DigestAnswer,
  DigestRequest,
  PullAnswer,
  PullRequest,
  Result,
} from '@headcount/protocol';

/** Why a peer has not answered, for logs and metrics. */
export interface LinkFailure {
  readonly code: string;
  readonly detail: string;
}

/** The way to one peer region. Calls never throw for what the other side or the network does. */
export interface PeerLink {
  digest(request: DigestRequest): Promise<Result<DigestAnswer, LinkFailure>>;
  pull(request: PullRequest): Promise<Result<PullAnswer, LinkFailure>>;
}
