import { existsSync } from 'node:fs';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where Chromium is. Throws a sentence if it is not installed. */
export function chromiumPath(): string {
  const found = PATHS.find((path) => existsSync(path));
  if (!found) throw new Error('Chromium is not installed; on Debian: apt-get install chromium');
  return found;
}

/** Flags under which Chromium runs as root, in a container, and leaves the network alone. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
