import { Grants, type Authenticator, type Ids, type RequestLimits } from '@headcount/platform';
import { err, ok, type ErrorCode, type Result, type ViewerId } from '@headcount/protocol';

export interface VisitorsOptions {
  readonly authenticator: Authenticator;
  readonly ids: Ids;
  /** Charges a visit to the rate limit of its caller; absent: that has been done. */
  readonly limits?: Pick<RequestLimits, 'admits'>;
  /** Whether a connection without a token may watch if it asks for that with `watch: true`. */
  readonly arePublicReads?: boolean;
}

/** Whoever opens a socket or a stream. */
export interface Identity {
  readonly viewerId: ViewerId;
  /** Whether it has said who it is. */
  readonly isNamed: boolean;
  readonly grants: Grants;
  /** Set where it showed no token although tokens are asked for: it watches, and is never present. */
  readonly watchesOnly?: true;
  /** When its token ends, in milliseconds since 1970; null: never. */
  readonly expiresAtMs: number | null;
}

/**
 * Who speaks. Without authentication that is whoever it says, or somebody new. With `watch: true` a connection that has no
 * token is let in where everyone may read: a page cannot know whether the gateway asks for tokens.
 */
export async function identify(
  { token: shown, viewerId = null, watch }: Record<string, unknown>,
  viewerInAddress: string | null,
  { authenticator, ids, limits, arePublicReads = false }: VisitorsOptions,
): Promise<Result<Identity, ErrorCode>> {
  const token = shown ?? undefined;
  const claimed = viewerId ?? viewerInAddress ?? undefined;
  if (claimed !== undefined && typeof claimed !== 'string') return err('BAD_REQUEST');
  if (token !== undefined && typeof token !== 'string') return err('BAD_REQUEST');
  const subject = await authenticator.authenticate({ token, viewerId: claimed });
  if (!subject.ok) {
    const mayWatch = subject.error === 'UNAUTHENTICATED' && watch === true && arePublicReads;
    return mayWatch && token === undefined ? ok(watcher(ids)) : subject;
  }
  if (limits !== undefined && !(await limits.admits(subject.value))) return err('TOO_MANY');
  const { grants } = subject.value;
  const isViewer = subject.value.kind === 'viewer';
  // A UUID is a viewer id as it stands.
  const id = isViewer ? subject.value.id : (ids.uuid() as ViewerId);
  const expiresAtMs = isViewer ? subject.value.expiresAtMs : null;
  // A balancer that went by another id has brought this viewer to a gateway that is not its own.
  if (viewerInAddress !== null && viewerInAddress !== id) return err('BAD_VIEWER_ID');
  return ok({ viewerId: id, isNamed: isViewer, grants, expiresAtMs });
}

function watcher(ids: Ids): Identity {
  const viewerId = ids.uuid() as ViewerId;
  return {
    viewerId,
    isNamed: false,
    grants: Grants.READ_ALL,
    watchesOnly: true,
    expiresAtMs: null,
  };
}
