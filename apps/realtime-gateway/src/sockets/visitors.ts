import type { Authenticator, Ids } from '@headcount/platform';
import { err, ok, type ErrorCode, type Result, type ViewerId } from '@headcount/protocol';

export interface VisitorsOptions {
  readonly authenticator: Authenticator;
  readonly ids: Ids;
}

/** Who speaks. Without authentication that is whoever it says, or somebody new. */
export async function viewerOf(
  { token, viewerId = null }: Record<string, unknown>,
  viewerInAddress: string | null,
  { authenticator, ids }: VisitorsOptions,
): Promise<Result<ViewerId, ErrorCode>> {
  const claimed = viewerId ?? viewerInAddress ?? undefined;
  if (claimed !== undefined && typeof claimed !== 'string') return err('BAD_REQUEST');
  if (token !== undefined && typeof token !== 'string') return err('BAD_REQUEST');
  const subject = await authenticator.authenticate({ token, viewerId: claimed });
  if (!subject.ok) return subject;
  // A UUID is a viewer id as it stands.
  const id = subject.value.kind === 'viewer' ? subject.value.id : (ids.uuid() as ViewerId);
  // A balancer that went by another id has brought this viewer to a gateway that is not its own.
  return viewerInAddress === null || viewerInAddress === id ? ok(id) : err('BAD_VIEWER_ID');
}
