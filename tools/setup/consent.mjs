import { createInterface } from 'node:readline';

/** Consent that was given beforehand: `npm test` is for machines that tests may change. */
export const ALWAYS = async () => true;

/**
 * Who says whether something may be installed on this machine: `--install` (`told`) and CI=true say so
 * already, at a terminal the person is asked, and elsewhere nothing is installed. Gives a function that takes the question
 * and resolves to the answer.
 */
export function consentOf(
  told,
  { env = process.env, input = process.stdin, output = process.stdout } = {},
) {
  if (told || env.CI === 'true') return ALWAYS;
  if (input.isTTY && output.isTTY) return (question) => ask(question, input, output);
  return async () => false;
}

/** No line at all, which is Ctrl-D, is a no; an empty one is a yes. */
function ask(question, input, output) {
  // Not as a terminal: that would take Ctrl-C for a key, and nothing would end.
  const lines = createInterface({ input, output, terminal: false });
  return new Promise((resolve) => {
    lines.once('close', () => resolve(false));
    lines.question(`${question} [Y/n] `, (answer) => {
      resolve(/^(y|yes)?$/i.test(answer.trim()));
      lines.close();
    });
  });
}
