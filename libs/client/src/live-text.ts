import type { LiveState } from './live-state.js';

/** What is read out or shown: `3 people viewing`, `12 likes`. A number that is not live says so. */
export function liveText(count: number, name: string, state: LiveState, language?: string): string {
  const number = new Intl.NumberFormat(language || undefined).format(count);
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
