/**
 * What is told to subscribers, the same by all servers: `{"pageId":"page-0007","count":1000042}` is the 42nd change of that
 * page. Both figures always have the same number of digits, so a subscriber finds them from the end of a message without
 * parsing it, and every message of one server is of the same size.
 */
const PAGE_DIGITS = 4;
/** The count of a page that nobody has changed yet. */
const COUNT_FIRST = 1_000_000;
const COUNT_DIGITS = String(COUNT_FIRST).length;
/** What stands behind the count, `}}}}` or `}}}]`, and between the digits of the page and the count. */
const TAIL_BYTES = 4;
const BETWEEN_BYTES = '","count":'.length;
const ZERO = '0'.charCodeAt(0);

/** The subscription that the GraphQL servers are asked for. */
export const QUERY =
  'subscription ($pageId: ID!) { counterChanged(pageId: $pageId) { pageId count } }';

export const pageId = (page) => `page-${String(page).padStart(PAGE_DIGITS, '0')}`;
export const countAfter = (change) => COUNT_FIRST + change;

/** What a GraphQL server is told to show. */
export const valueOf = (page, count) => ({ counterChanged: { pageId: page, count } });
/** The result of QUERY, which those without GraphQL send likewise. */
export const resultOf = (page, count) => ({ data: valueOf(page, count) });

/** Which change a message tells of, if its last byte is before `end`. Throws for one that tells of none. */
export function changeIn(bytes, end) {
  const from = end - TAIL_BYTES - COUNT_DIGITS;
  const change = numberIn(bytes, from, from + COUNT_DIGITS) - COUNT_FIRST;
  if (change >= 0) return change;
  throw new Error(`A subscriber received ${bytes.latin1Slice(Math.max(from - 200, 0), end)}`);
}

/** The last digit of the page that such a message is about. */
export function pageDigitIn(bytes, end) {
  return bytes[end - TAIL_BYTES - COUNT_DIGITS - BETWEEN_BYTES - 1] - ZERO;
}

/** NaN where there is anything but digits. */
function numberIn(bytes, from, end) {
  let number = 0;
  for (let at = from; at < end; at += 1) {
    const digit = bytes[at] - ZERO;
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : NaN;
  }
  return number;
}
