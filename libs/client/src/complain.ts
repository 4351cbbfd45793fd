/** Most sentences that one page gets: a list of 1,000 elements with bad ids is explained by the first few. */
const SENTENCES_MAX = 20;

const said = new Set<string>();

/** Tells the developer of the page what is wrong, on the console, each sentence once. */
export function complain(sentence: string): void {
  if (said.has(sentence) || said.size > SENTENCES_MAX) return;
  said.add(sentence);
  const text =
    said.size > SENTENCES_MAX ? 'More of what is wrong on this page is left out.' : sentence;
  try {
    console.warn(`headcount: ${text}`);
  } catch {
    // There is no console, or a page has broken it.
  }
}
