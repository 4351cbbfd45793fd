import { itKeepsTheContractOfPresence } from './presence.store.contract.js';
import { openStores } from './testing/store-harness.js';

describe('the store of presence, on Redis', () => {
  itKeepsTheContractOfPresence(() => openStores());
});
