/**
 * What pages load as one script: the element, and the functions behind it for pages that want more.
 */
import { LiveCount, configure } from './live-count.js';

export { createHeadcount } from './headcount.js';
export { LiveCount, configure };

// Loaded twice, for example by two parts of a page, it is the first that counts; on a server there is nothing to define.
if (globalThis.customElements?.get('live-count') === undefined)
  globalThis.customElements?.define('live-count', LiveCount);
