/** The way to one gateway, as counter-api's push clients have it. */
import { PATHS } from '@headcount/protocol';
import type { PushWay } from '@headcount/replication';
import type { HttpClient } from '../core/http.js';

/** Pushes through `client`. */
export function pushWay(client: HttpClient): PushWay {
  return {
    async push(request) {
      const pushed = await client.call<null>(PATHS.push, request);
      if (pushed.ok) return 'taken';
      const { error } = pushed;
      const isDisowned = error.code === 'REFUSED' && error.refusal === 'UNKNOWN_INSTANCE';
      return isDisowned ? 'disowned' : 'failed';
    },
    close: () => Promise.resolve(),
  };
}
