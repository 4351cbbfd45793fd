import { parseOperationId, parsePageId } from '@headcount/protocol';
import { eventOperation } from './event-operation.js';

function operationOf(page: string, event: string): string {
  const [pageId, eventId] = [parsePageId(page), parseOperationId(event)];
  if (!pageId.ok || !eventId.ok) throw new Error(`${page} or ${event} is not valid`);
  return eventOperation(pageId.value, eventId.value);
}

describe('eventOperation', () => {
  it('is the same for the same event on the same page', () => {
    expect(operationOf('home', 'e1')).toBe(operationOf('home', 'e1'));
  });

  it.each([
    ['another page', 'news', 'e1'],
    ['another event', 'home', 'e2'],
    ['the same letters in another place', 'hom', 'ee1'],
  ])('is another for %s', (_, page, event) => {
    expect(operationOf(page, event)).not.toBe(operationOf('home', 'e1'));
  });

  it('is an operation id, however long page and event are', () => {
    const operation = operationOf('ä'.repeat(128), 'e'.repeat(128));
    expect(parseOperationId(operation)).toEqual({ ok: true, value: operation });
  });
});
