/** The contracts of stores that several regions share, on Redis. */
import { itKeepsTheContractOfRegions } from './region.store.contract.js';
import { openStores } from './testing/store-harness.js';

describe('the store of a region, on Redis', () => {
  itKeepsTheContractOfRegions((region) => openStores({ region, idsMax: 20_000 }));
});
