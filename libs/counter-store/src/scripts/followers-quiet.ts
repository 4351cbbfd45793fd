import { defineScript } from '../define-script.js';

/** Users found; `next`: after whom to go on, '' where none is left. */
export interface FollowersQuiet {
  readonly next: string;
  readonly users: readonly { readonly key: string; readonly userId: string }[];
}

/** Typed door to followers-quiet.lua, whose header is the contract. */
export const followersQuiet = defineScript<FollowersQuiet>({
  name: 'followers-quiet',
  keys: ['followers', 'seen', 'names'],
  args: ['user', 'since', 'scanMax', 'now'],
  decode: ([next = '', ...rest]) => {
    const users = [];
    for (let at = 0; at + 1 < rest.length; at += 2) {
      const [key = '', fullName = ''] = rest.slice(at, at + 2);
      users.push({ key, userId: fullName || key });
    }
    return { next, users };
  },
});
