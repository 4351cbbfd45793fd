/** What is read out of a page, and what counts as what it says: else a page could be wrong and its test pass. */
import { isWhatThePageSays, stepsOf } from './page-steps.js';

const block = (language: string, text: string) => `\`\`\`${language}\n${text}\`\`\`\n`;

describe('the steps of a page', () => {
  it('are its blocks in their order, with what they answer', () => {
    const page = [
      block('sh', 'curl a \\\n  b\n# 1\n# 2\ncurl c\ncurl d\n# 3\n'),
      block('js', 'go();\n'),
      block('text', '4\n'),
      block('graphql', '{ a }\n'),
      block('json', '{ "a": 1 }\n'),
      block('html', '<p></p>\n'),
    ].join('\nwords\n');
    expect(stepsOf(page)).toEqual([
      {
        kind: 'sh',
        commands: [
          { command: 'curl a \\\n  b', prints: '1\n2' },
          { command: 'curl c\ncurl d', prints: '3' },
        ],
      },
      { kind: 'js', code: 'go();\n' },
      { kind: 'text', prints: '4\n' },
      { kind: 'graphql', document: '{ a }\n', answer: '{ "a": 1 }\n' },
    ]);
  });

  it('are refused where nobody would run them', () => {
    expect(() => stepsOf(block('python', 'go()\n'))).toThrow('python');
    expect(() => stepsOf(block('json', '{}\n'))).toThrow('json');
  });
});

it.each([
  ['{"count":1}', '{"count":1}', true],
  ['{"count":1}\n', '{"count":1}', true],
  ['{"count":2}', '{"count":1}', false],
  ['{"count":10}', '{"count":1', false],
  ['{"at":"2026-01-01T00:00:00Z"}', '{"at":"2030-10-10T12:11:42Z"}', true],
  ['{"at":null}', '{"at":"2030-10-10T12:11:42Z"}', false],
  ['{"id":"abc","count":1}', '{"id":"…","count":1}', true],
  ['{"id":"abc","count":2}', '{"id":"…","count":1}', false],
] as const)('%s is said by %s: %s', (printed, says, is) => {
  expect(isWhatThePageSays(printed, says)).toBe(is);
});
