/** What becomes of the page that a connection belongs to. */
export interface PageEvents {
  /** It is left, frozen, or not yet looked at; an open socket would keep it from being kept for the back button, too. */
  readonly hide: () => void;
  /** It is looked at, perhaps again. */
  readonly show: () => void;
  /** The network has come or gone. */
  readonly network: () => void;
}

/** A page that the browser has loaded in case its link is followed: its visitor is not there yet. */
export function isPrerendering(): boolean {
  return (
    typeof document !== 'undefined' &&
    (document as { readonly prerendering?: boolean }).prerendering === true
  );
}

/**
 * Follows the life of the page, where there is one. Events that a script of the page makes itself are not heeded. The
 * result ends this.
 */
export function onPageLifecycle({ hide, show, network }: PageEvents): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => undefined;
  const shown = (): void => {
    if (!isPrerendering()) show();
  };
  const visible = (): void => {
    if (document.visibilityState === 'visible') shown();
  };
  const listeners: readonly (readonly [EventTarget, string, () => void])[] = [
    [window, 'pagehide', hide],
    [window, 'pageshow', shown],
    [document, 'freeze', hide],
    [document, 'resume', shown],
    // Whatever hid it, a page that is looked at is not hidden.
    [document, 'visibilitychange', visible],
    [document, 'prerenderingchange', shown],
    [window, 'online', network],
    [window, 'offline', network],
  ].map(([target, type, act]) => [
    target as EventTarget,
    type as string,
    (event?: Event) => {
      if (event?.isTrusted !== false) (act as () => void)();
    },
  ]);
  for (const [target, type, listen] of listeners) target.addEventListener(type, listen);
  return () => {
    for (const [target, type, listen] of listeners) target.removeEventListener(type, listen);
  };
}
