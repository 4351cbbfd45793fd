import type { Settings } from './setting.js';

/** The rows of a table of settings in Markdown, without its head: name, default, what it does. */
export function describeSettings(settings: Settings): string[] {
  return Object.entries(settings).map(([name, { description, must, default: preset }]) => {
    const shown = preset === undefined ? '' : `\`${preset}\``;
    return `| \`${name}\` | ${shown} | ${cell(`${description} Must be ${must}.`)} |`;
  });
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
