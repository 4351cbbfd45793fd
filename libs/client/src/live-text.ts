import type { LiveState } from './live-state.js';

/** Languages of one page are few; hostile ones need not be kept. */
const FORMATS_MAX = 50;

const formats = new Map<string, Intl.NumberFormat>();

/** What is read out or shown: `3 people viewing`, `12 likes`. A number that is not live says so. */
export function liveText(count: number, name: string, state: LiveState, language = ''): string {
  const number = formatOf(language).format(count);
  const people = count === 1 ? 'person viewing' : 'people viewing';
  const text = `${number} ${name === 'viewers' ? people : name}`;
  switch (state) {
    case 'live':
      return text;
    case 'connecting':
      return `${text} (reconnecting)`;
    case 'offline':
      return `${text} (offline)`;
  }
}

/**
 * How a language writes numbers. What servers take for languages (`en_US`, `pt_BR.UTF-8`, `C`) is not what a page should say:
 * it is read as it is meant, else the language of the browser is taken.
 */
function formatOf(language: string): Intl.NumberFormat {
  const known = formats.get(language);
  if (known !== undefined) return known;
  const [tag = ''] = language.trim().split(/[.@]/);
  const format = newFormat(tag.replaceAll('_', '-')) ?? new Intl.NumberFormat();
  if (formats.size < FORMATS_MAX) formats.set(language, format);
  return format;
}

function newFormat(tag: string): Intl.NumberFormat | null {
  try {
    return new Intl.NumberFormat(tag || undefined);
  } catch {
    return null;
  }
}
