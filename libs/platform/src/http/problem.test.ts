import {
  ConflictException,
  ForbiddenException,
  InternalServerErrorException,
  NotAcceptableException,
} from '@nestjs/common';
import { HeadcountError } from '@headcount/protocol';
import { codeOf, problemOf } from './problem.js';

const withStatus = (code: string, statusCode: number): Error =>
  Object.assign(new Error('x'), { code, statusCode });

describe('the code of what was thrown', () => {
  it.each([
    [new HeadcountError('OUT_OF_RANGE'), 'OUT_OF_RANGE'],
    [new NotAcceptableException(), 'NOT_ACCEPTABLE'],
    [new ForbiddenException(), 'FORBIDDEN'],
    [new ConflictException(), 'BAD_REQUEST'],
    [new InternalServerErrorException(), 'INTERNAL'],
    [withStatus('FST_ERR_CTP_BODY_TOO_LARGE', 413), 'PAYLOAD_TOO_LARGE'],
    [withStatus('FST_ERR_BAD_URL', 400), 'BAD_REQUEST'],
    [withStatus('FST_ERR_SEND_UNDEFINED_ERR', 500), 'INTERNAL'],
    [withStatus('ECONNRESET', 400), 'BAD_REQUEST'],
    [withStatus('SOME_LIBRARY', 404), 'INTERNAL'],
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'INTERNAL'],
    ['a text', 'INTERNAL'],
    [undefined, 'INTERNAL'],
  ])('%#', (thrown, code) => {
    expect(codeOf(thrown)).toBe(code);
  });
});

describe('a problem', () => {
  it('is the document of RFC 9457, without a detail where there is none', () => {
    expect(problemOf('BAD_PAGE_ID', '1-2-3')).toEqual({
      type: 'urn:headcount:problem:bad-page-id',
      title: 'The page id is not valid.',
      status: 400,
      code: 'BAD_PAGE_ID',
      instance: 'urn:uuid:1-2-3',
    });
    expect(problemOf('BAD_PAGE_ID', '1-2-3', 'It is empty.').detail).toBe('It is empty.');
  });
});
