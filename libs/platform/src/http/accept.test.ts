import { HeadcountError } from '@headcount/protocol';
import { plainAccept, preferredType } from './accept.js';

const JSON_TYPE = 'application/json';
const HTML = 'text/html';

describe('the Accept header', () => {
  it.each([
    [undefined, JSON_TYPE],
    ['', JSON_TYPE],
    [', ,', JSON_TYPE],
    ['json', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['text/*', HTML],
    ['application/json; charset=utf-8', JSON_TYPE],
    ['application/json;charset="UTF-8"', JSON_TYPE],
    ['APPLICATION/JSON', JSON_TYPE],
    ['application/json;version=1, */*;q=0.1', JSON_TYPE],
    ['application/json;version=1', JSON_TYPE],
    ['application/json; title="a,b;q=0"', JSON_TYPE],
    ['application/json;q=abc', JSON_TYPE],
    ['application/json;q=5, text/html;q=0.9', JSON_TYPE],
    ['text/html;level=1, application/json;q=0.9', HTML],
    ['text/html;q=0.5, application/json;Q=0.9', JSON_TYPE],
    ['application/json;q=0, */*', HTML],
    ['application/json;charset=utf-8;q=0, */*', HTML],
    ['application/json;version=2;q=0, */*', JSON_TYPE],
    ['application/vnd.api+json, */*;q=0.8', JSON_TYPE],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', HTML],
    ['text/html,image/avif,image/webp,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7', HTML],
  ])('%s is answered with %s', (accept, type) => {
    expect(preferredType(accept, [JSON_TYPE, HTML])).toBe(type);
  });

  it.each([
    'text/plain',
    'application/json;q=0',
    'application/json;q=0.000',
    '*/*;q=0',
    'application/xml, application/*;q=0, text/*;q=0',
    'application/vnd.api+json',
  ])('%s takes none of ours', (accept) => {
    const refusal = expect.objectContaining({ code: 'NOT_ACCEPTABLE' });
    expect(() => preferredType(accept, [JSON_TYPE, HTML])).toThrow(HeadcountError);
    expect(() => preferredType(accept, [JSON_TYPE, HTML])).toThrow(refusal);
  });

  it('keeps parameters of types that are not ours', () => {
    expect(plainAccept('multipart/mixed;deferSpec=20220824, application/json;v=1;q=0.5')).toBe(
      'multipart/mixed;deferSpec=20220824, application/json;q=0.5',
    );
  });

  const STREAM = 'text/event-stream';
  it.each([
    ['text/event-stream', true],
    ['text/event-stream; charset=utf-8', true],
    ['application/json, text/event-stream;q=0.1', true],
    ['*/*', false],
    ['text/*', false],
    ['text/event-stream;q=0', false],
    ['text/event-stream;q=0, */*', false],
    ['image/avif,image/webp,*/*;q=0.8', false],
    ['', false],
    [undefined, false],
  ])('%s names event streams: %s', (accept, isNamed) => {
    const asked = () => preferredType(accept, [STREAM], { isNamed: true });
    if (isNamed) expect(asked()).toBe(STREAM);
    else expect(asked).toThrow('needs the header "accept: text/event-stream"');
  });
});
