import { createHeadcount, type Headcount, type Stop } from './headcount.js';
import type { LiveState } from './live-state.js';
import { liveText } from './live-text.js';
import type { LiveCounter } from './operations.js';

/** Connections by gateway, shared by the elements of a page, and how many use each. */
const shared = new Map<string, { readonly headcount: Headcount; users: number }>();

function use(gateway: string): Headcount {
  const held = shared.get(gateway) ?? { headcount: createHeadcount({ url: gateway }), users: 0 };
  held.users += 1;
  shared.set(gateway, held);
  return held.headcount;
}

function unuse(gateway: string): void {
  const held = shared.get(gateway);
  if (held === undefined) return;
  held.users -= 1;
  if (held.users > 0) return;
  shared.delete(gateway);
  held.headcount.dispose();
}

/**
 * `<live-count page-id="…" gateway="wss://…/graphql" [name="viewers"] [watch]>`: a counter as text,
 * kept live. Without `watch`, and with the name `viewers`, the viewer is present on the page while
 * the element is in it.
 *
 * The attribute `state` is `connecting`, `live` or `offline`, for styles; the text says the same.
 * What stands in the element at first is shown until there is a number. Each newer value is told by
 * a `change` event whose `detail` is the counter. It brings no style and no script of its own, so
 * any content security policy will do that lets it connect.
 */
export class LiveCount extends HTMLElement {
  static readonly observedAttributes = ['page-id', 'name', 'gateway', 'watch'];

  #stop: Stop | null = null;
  /** What is subscribed to, as one text; '' for nothing. */
  #subscribed = '';
  #planned = false;
  #counter: LiveCounter | null = null;

  connectedCallback(): void {
    // Changes are read out when there is a pause; a page may decide otherwise.
    if (!this.hasAttribute('role')) this.setAttribute('role', 'status');
    if (!this.hasAttribute('aria-live')) this.setAttribute('aria-live', 'polite');
    this.#plan();
  }

  disconnectedCallback(): void {
    this.#plan();
  }

  attributeChangedCallback(): void {
    this.#plan();
  }

  /**
   * Waits for the end of this turn: an element that is moved, or is given all its attributes, asks
   * once.
   */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.#apply();
    });
  }

  #apply(): void {
    const pageId = this.getAttribute('page-id') ?? '';
    const gateway = this.getAttribute('gateway') ?? '';
    const name = this.getAttribute('name') || 'viewers';
    const present = name === 'viewers' && !this.hasAttribute('watch');
    const wanted = this.isConnected && pageId !== '' && gateway !== '';
    const subscribed = wanted ? JSON.stringify([gateway, pageId, name, present]) : '';
    if (subscribed === this.#subscribed) return;
    this.#subscribed = subscribed;
    this.#counter = null;
    this.#show(wanted ? 'connecting' : 'offline');
    const stop = this.#stop;
    this.#stop = wanted ? this.#begin(gateway, pageId, present ? null : name) : null;
    // Only now, so that the connection is never without a user and stays.
    stop?.();
  }

  /** `name` is null where the viewer is to be present. */
  #begin(gateway: string, pageId: string, name: string | null): Stop {
    const headcount = use(gateway);
    const taken = (counter: LiveCounter): void => {
      this.#counter = counter;
      this.#show('live');
      this.dispatchEvent(new CustomEvent('change', { detail: counter, bubbles: true }));
    };
    const watching = { onState: (state: LiveState) => this.#show(state) };
    const stop =
      name === null
        ? headcount.viewing(pageId, taken, watching)
        : headcount.counterChanged(pageId, name, taken, watching);
    return () => {
      stop();
      unuse(gateway);
    };
  }

  #show(state: LiveState): void {
    this.setAttribute('state', state);
    this.setAttribute('aria-busy', String(state === 'connecting'));
    if (this.#counter === null) return;
    const { count, name } = this.#counter;
    const language = this.closest('[lang]')?.getAttribute('lang') ?? '';
    const text = liveText(count, name, state, language);
    if (this.textContent !== text) this.textContent = text;
  }
}
