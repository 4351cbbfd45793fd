/** What a page of docs/recipes has to run and to check, in its order. */

/** A line of the shell, and what the page says that it prints. */
export interface Command {
  readonly command: string;
  /** Null: the page does not say. */
  readonly prints: string | null;
}

/** One fenced block. */
export type Step =
  | { readonly kind: 'sh'; readonly commands: readonly Command[] }
  /** A program that runs until the end of the page. */
  | { readonly kind: 'js'; readonly code: string }
  /** What the last program prints next. */
  | { readonly kind: 'text'; readonly prints: string }
  /** An operation for counter-api, and its data where the page says so. */
  | { readonly kind: 'graphql'; readonly document: string; readonly answer: string | null };

const FENCE = /^```(\w+)\n([^]*?)^```$/gm;

/** The steps of a page. Blocks of HTML are for the reader alone. Throws where a block is of another kind, or an answer has no question. */
export function stepsOf(page: string): Step[] {
  const steps: Step[] = [];
  for (const [, language = '', text = ''] of page.matchAll(FENCE)) {
    const last = steps.at(-1);
    if (language === 'sh') steps.push({ kind: 'sh', commands: commandsOf(text) });
    else if (language === 'js') steps.push({ kind: 'js', code: text });
    else if (language === 'text') steps.push({ kind: 'text', prints: text });
    else if (language === 'graphql') steps.push({ kind: 'graphql', document: text, answer: null });
    else if (language === 'json' && last?.kind === 'graphql' && last.answer === null)
      steps[steps.length - 1] = { ...last, answer: text };
    else if (language !== 'html') throw new Error(`nobody runs a block of ${language} here`);
  }
  return steps;
}

/** Commands end where a comment says what they print, or where the next line is one of its own. */
function commandsOf(text: string): Command[] {
  const commands: Command[] = [];
  let command = '';
  let prints: string[] = [];
  const end = () => {
    if (command) commands.push({ command, prints: prints.length > 0 ? prints.join('\n') : null });
    [command, prints] = ['', []];
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('# ')) prints.push(line.slice(2));
    else {
      if (prints.length > 0) end();
      command += command ? `\n${line}` : line;
    }
  }
  end();
  return commands;
}

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/;
const ANYTHING = '…';
const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** Whether something printed is what a page says: a time stands for any time, and `…` for anything. */
export function isWhatThePageSays(printed: string, says: string): boolean {
  const literally = (text: string) => text.replace(SPECIAL, '\\$&');
  const withTimes = (text: string) => text.split(TIME).map(literally).join(TIME.source);
  const pattern = says.trim().split(ANYTHING).map(withTimes).join('[^]*?');
  return new RegExp(`^${pattern}$`).test(printed.trim());
}
