/**
 * What pages load as one script: the element, and the functions behind it for pages that want more.
 */
import { LiveCount } from './live-count.js';

export { createHeadcount } from './headcount.js';
export { LiveCount };

// Loaded twice, for example by two parts of a page, it is the first that counts.
if (!customElements.get('live-count')) customElements.define('live-count', LiveCount);
