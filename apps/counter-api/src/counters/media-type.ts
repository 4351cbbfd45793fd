import Negotiator from 'negotiator';
import { HeadcountError } from '@headcount/protocol';

export const JSON_TYPE = 'application/json';
export const HTML = 'text/html';

/** What answers hang on that come in several media types, or that pages of some origins may read. */
export const VARY = 'accept, origin';

/**
 * The one of `types` that the Accept header likes best (RFC 9110, 12.5.1); the first where it likes all alike or
 * there is none. Throws HeadcountError NOT_ACCEPTABLE where it takes none of them.
 */
export function preferredType<T extends string>(
  accept: string | undefined,
  types: readonly [T, ...T[]],
): T {
  const [liked] = new Negotiator({ headers: accept === undefined ? {} : { accept } }).mediaTypes([
    ...types,
  ]);
  const type = types.find((one) => one === liked);
  if (type === undefined)
    throw new HeadcountError('NOT_ACCEPTABLE', `This address gives ${types.join(' and ')}.`);
  return type;
}
