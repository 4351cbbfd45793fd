/** Where a browser keeps the viewer id of this site. */
const STORAGE_KEY = 'headcount-viewer';

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
    if (known) return known;
    const made = newId();
    held?.setItem(STORAGE_KEY, made);
    return made;
  } catch {
    // Asking for storage may itself be refused, as in a sandboxed frame.
    return newId();
  }
}

/** 128 random bits in hex. Unlike crypto.randomUUID this works on pages without TLS too. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
