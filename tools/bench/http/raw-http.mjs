/** HTTP on bare sockets: requests as bytes, and when an answer is whole. */

/** A request about a page: at `path`, or for its count, or to change it. `{page}` in the body is the page. */
export function requestBytes({ port, method, page, path = `/${page}/counter`, body: template }) {
  const body = template?.replace('{page}', page);
  const content =
    body === undefined
      ? '\r\n'
      : `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/json\r\n${content}`,
  );
}

/** The body of `text` if that is one whole answer, else undefined. Throws if it is one that was not expected. */
export function bodyOf(text) {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1];
  if (!text.startsWith('HTTP/1.1 200 ') || length === undefined) {
    throw new Error(`A server under load answered ${text.slice(0, 500)}`);
  }
  return text.length >= headEnd + 4 + Number(length) ? text.slice(headEnd + 4) : undefined;
}
