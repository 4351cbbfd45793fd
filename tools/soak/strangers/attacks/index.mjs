/** Every attack, by the name under which `--only` finds it. */
import { CONNECTIONS } from './connections.mjs';
import { GRAPHQL } from './graphql.mjs';
import { RIGHTS } from './rights.mjs';
import { SOCKETS } from './sockets.mjs';
import { STORE } from './store.mjs';

export const ATTACKS = [...GRAPHQL, ...RIGHTS, ...STORE, ...CONNECTIONS, ...SOCKETS];
