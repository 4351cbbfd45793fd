/** Where a browser keeps the viewer id of this site. */
const STORAGE_KEY = 'headcount-viewer';

/** Ids are made like that; another is none of ours, and the gateway might refuse it for ever. */
const OURS = /^[0-9a-f]{32}$/;

/** The part of Storage that is needed. */
export type ViewerStorage = Pick<Storage, 'getItem' | 'setItem'>;

/**
 * The viewer id kept for this site, so that all tabs of a browser are one viewer; a new random one
 * if there is none, or where storage is not allowed: then every page is a viewer of its own.
 */
export function keptViewerId(storage: () => ViewerStorage | undefined, newId = randomId): string {
  try {
    const held = storage();
    const known = held?.getItem(STORAGE_KEY);
    if (known && OURS.test(known)) return known;
    const made = newId();
    held?.setItem(STORAGE_KEY, made);
    return made;
  } catch {
    // Asking for storage may itself be refused, as in a sandboxed frame.
    return newId();
  }
}

/** 128 random bits in hex. Unlike crypto.randomUUID this works on pages without TLS too. */
export function randomId(): string {
  let id = '';
  // Old libraries replace Array.from by one that knows no typed arrays.
  for (const byte of crypto.getRandomValues(new Uint8Array(16)))
    id += byte.toString(16).padStart(2, '0');
  return id;
}
