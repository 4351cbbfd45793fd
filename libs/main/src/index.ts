export { mainOf } from './main-of.js';
