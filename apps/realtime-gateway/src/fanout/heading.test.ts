/** Goal: a frame is the message that it stands for, and is made once for all operations whose ids are alike. */
import { Headings } from './heading.js';

const BODY = Buffer.from('{"data":{"count":1}}');
const OTHER = Buffer.from('{"data":{"count":22}}');

describe('the headings of a group', () => {
  it.each([['1'], ['a'.repeat(36)], ['größe ✓'], ['"quoted"\\']])('name the operation %s', (id) => {
    const heading = new Headings().take(id);
    const frame = Buffer.alloc(heading.frameBytes(BODY));
    expect(heading.writeFrame(BODY, frame, 0)).toBe(frame.length);
    const message: unknown = JSON.parse(frame.subarray(2).toString());
    expect(message).toEqual({ id, type: 'next', payload: { data: { count: 1 } } });
  });

  it('have one frame a body for ids that are alike', () => {
    const headings = new Headings();
    const [first, second] = [headings.take('1'), headings.take('1')];
    const frame = first.commonFrame(BODY);
    expect(frame?.toString()).toContain('"count":1');
    expect(second.commonFrame(BODY)).toBe(frame);
    expect(second.commonFrame(OTHER)?.toString()).toContain('"count":22');
    expect(headings.take('2').commonFrame(BODY)).toBeNull();
  });

  it('forget an id when its last operation has ended', () => {
    const headings = new Headings();
    const [first, second] = [headings.take('1'), headings.take('1')];
    headings.drop(first);
    expect(second.commonFrame(BODY)).toBeNull();
    headings.drop(second);
    expect(headings.take('1')).not.toBe(first);
  });
});
