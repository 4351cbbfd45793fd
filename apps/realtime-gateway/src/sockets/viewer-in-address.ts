import { HeadcountError, err, ok, type Result } from '@headcount/protocol';

/**
 * The viewer id of an address (`?v=`), by which a balancer may have chosen this gateway; null: none, or an empty one. One id is
 * one viewer, whichever of its characters are percent-encoded; `+` is a space, as in a form.
 */
export function viewerInAddress(target: string): Result<string | null, HeadcountError> {
  const [, query = ''] = target.split(/[?#]/, 2);
  const said = new Set<string>();
  for (const pair of query.split('&')) {
    const [name = '', ...value] = pair.split('=');
    if (name !== 'v') continue;
    const text = decoded(value.join('='));
    if (text === null) return err(new HeadcountError('BAD_VIEWER_ID', 'v is no encoded UTF-8.'));
    said.add(text);
  }
  const [first = '', ...others] = said;
  if (others.length > 0) return err(new HeadcountError('BAD_REQUEST', 'v must be given once.'));
  return ok(first === '' ? null : first);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
