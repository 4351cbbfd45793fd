import { ANONYMOUS } from '@headcount/platform';
import { VIEWERS, orThrow, parsePageId } from '@headcount/protocol';
import { counterOf } from '@headcount/replication';
import type { AdditionsService } from '../counters/additions.service.js';
import type { ChangeRights } from '../counters/change-rights.js';
import { documentOf } from '../counters/counter-document.js';
import { JSON_ANSWER } from './hot-get.js';
import { isPlain } from './plain-request.js';
import type { Shortcut } from './shortcuts.js';

/** Raises and lowers the counter of a page by one, where everybody may. What it cannot do is told as everywhere. */
export function hotPut(
  additions: Pick<AdditionsService, 'add'>,
  rights: Pick<ChangeRights, 'change'>,
): Shortcut {
  return ({ headers, params, body, raw }, reply) => {
    const amount = amountIn(body);
    if (amount === null || !isPlain(headers) || raw.url?.includes('?') !== false) return false;
    const page = parsePageId((params as { readonly webpageId: string }).webpageId);
    if (!page.ok) return false;
    const change = rights.change(ANONYMOUS, { pageId: page.value, name: VIEWERS }, amount);
    const addition = { ...change, operationId: null };
    return additions.add(addition, null).then((added) => {
      const { view, position, staleRegions } = orThrow(added);
      const value = orThrow(counterOf(addition, view, position, staleRegions));
      void reply.type(JSON_ANSWER).send(JSON.stringify(documentOf(value)));
      return true;
    });
  };
}

/** What a body that names an action and nothing else asks for; null: another body. */
function amountIn(body: unknown): 1 | -1 | null {
  if (typeof body !== 'object' || body === null) return null;
  const { action } = body as { readonly action?: unknown };
  const amount = action === 'increment' ? 1 : action === 'decrement' ? -1 : null;
  return amount !== null && Object.keys(body).length === 1 ? amount : null;
}
