import {
  Grants,
  type Authenticator,
  type Credentials,
  type Ids,
  type RequestLimits,
} from '@headcount/platform';
import { HeadcountError, err, ok, type Result, type ViewerId } from '@headcount/protocol';

export interface VisitorsOptions {
  readonly authenticator: Authenticator;
  readonly ids: Ids;
  /** Whether a connection without a token may watch if it asks for that with `watch: true`; absent: it may not. */
  readonly arePublicReads?: boolean;
  /** Charges a visit to the rate limit of its caller; absent: that has been done. */
  readonly limits?: Pick<RequestLimits, 'admits'>;
}

/** Whoever opens a socket or a stream. */
export interface Identity {
  readonly viewerId: ViewerId;
  /** Whether it has said who it is. */
  readonly isNamed: boolean;
  /** Whether it showed no token although tokens are asked for: it watches, and is never present. */
  readonly watchesOnly: boolean;
  readonly grants: Grants;
  /** When its token ends, in milliseconds since 1970; null: never. */
  readonly expiresAtMs: number | null;
}

/** What a client says of itself. */
export interface Claimed extends Credentials {
  /** `?v=` of the address. */
  readonly viewerInAddress: string | null;
  /** Whether it wants to watch where it shows no token. */
  readonly watch?: boolean;
}

/**
 * Identifies a client. Without authentication it is the viewer that it names, or a new one. With `watch: true` a connection that has no
 * token is let in where everyone may read: a page cannot know whether the gateway asks for tokens.
 */
export async function identify(
  { token, viewerId: claimed, viewerInAddress, watch = false }: Claimed,
  { authenticator, ids, limits, arePublicReads = false }: VisitorsOptions,
): Promise<Result<Identity, HeadcountError>> {
  // A UUID is a viewer id as it stands.
  const newId = (): ViewerId => ids.uuid() as ViewerId;
  const viewerId = claimed ?? viewerInAddress ?? undefined;
  const subject = await authenticator.authenticate({ token, viewerId });
  if (!subject.ok) {
    const mayWatch = subject.error === 'UNAUTHENTICATED' && watch && arePublicReads;
    if (!mayWatch || token !== undefined) return err(new HeadcountError(subject.error));
    const who = { viewerId: newId(), isNamed: false, watchesOnly: true };
    return ok({ ...who, grants: Grants.READ_ALL, expiresAtMs: null });
  }
  if (limits !== undefined && !(await limits.admits(subject.value)))
    return err(new HeadcountError('TOO_MANY'));
  const { grants } = subject.value;
  const isViewer = subject.value.kind === 'viewer';
  const id = isViewer ? subject.value.id : newId();
  const expiresAtMs = isViewer ? subject.value.expiresAtMs : null;
  // A balancer that went by another id has brought this viewer to a gateway that is not its own.
  if (viewerInAddress !== null && viewerInAddress !== id)
    return err(
      new HeadcountError('BAD_VIEWER_ID', 'The viewer of the address (?v=) is not the one named.'),
    );
  return ok({ viewerId: id, isNamed: isViewer, watchesOnly: false, grants, expiresAtMs });
}
