import { endToEnd } from './end-to-end.mjs';

/** Many online followers of one hot page, each badge exact after each modification. Gives whether they were. */
export function unread({ clients, changes, 'all-in-one': allInOne }) {
  console.log(`A page that ${clients} users online follow is modified ${changes} times …`);
  const env = { HEADCOUNT_UNREAD_USERS: clients, HEADCOUNT_UNREAD_CHANGES: changes };
  return endToEnd('unread', env, allInOne, 'a page that all follow');
}
