/** The part of a window that tells of the life of its page. */
export type PageEvents = Pick<Window, 'addEventListener' | 'removeEventListener'>;

/**
 * Calls `hide` when the page is left, and `show` when it is brought back from the back/forward
 * cache, in which an open socket would keep it from being put at all. The result ends this.
 */
export function onPageLifecycle(page: PageEvents, hide: () => void, show: () => void): () => void {
  const shown = (event: PageTransitionEvent): void => {
    if (event.persisted) show();
  };
  page.addEventListener('pagehide', hide);
  page.addEventListener('pageshow', shown);
  return () => {
    page.removeEventListener('pagehide', hide);
    page.removeEventListener('pageshow', shown);
  };
}
