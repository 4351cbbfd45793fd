export const JSON_TYPE = 'application/json';
export const HTML = 'text/html';

/** What answers hang on that come in several media types, or that pages of some origins may read. */
export const VARY = 'accept, origin';
