/** What the tests of other projects may use of this one: the model that Redis is held against. */
export { Incarnations, ModelRegionStore, type ModelOptions } from './model-region-store.js';
export { shown, type ModelBucket } from './region-model.js';
