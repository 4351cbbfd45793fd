import { complain } from './complain.js';
import { BadGatewayUrl, gatewayUrl } from './gateway-url.js';
import { headcountFor, type Headcount, type HeadcountOptions, type Stop } from './headcount.js';
import { IDLE_MS } from './live-connection.js';
import type { LiveState } from './live-state.js';
import { liveText } from './live-text.js';
import type { LiveCounter } from './operations.js';
import { Pace } from './pace.js';
import type { Refusal } from './refusal.js';
import { safely } from './safely.js';

/** How long an element may wait for its attributes before the console is told that they are missing. */
const ATTRIBUTES_MS_MAX = 1_000;

/** Pause before an element asks again for a connection, where the page has made too many. */
const CROWDED_MS = 5_000;

/** Longest part of an attribute that the console is shown. */
const SHOWN_MAX = 80;

/** Who the visitor is, for all elements of the page. */
export type Identity = Pick<HeadcountOptions, 'viewerId'> & {
  /** A token, or what gives one each time that it is asked for. */
  readonly token?: HeadcountOptions['token'] | string;
};

/** An element's attributes, as they are meant. */
interface Wanted {
  readonly url: string;
  readonly pageId: string;
  readonly name: string;
  readonly isPresent: boolean;
}

let identity: Pick<HeadcountOptions, 'viewerId' | 'token'> = {};

/** Elements that are in the page. */
const inPage = new Set<LiveCount>();

/** Elements of which something has changed. */
const changed = new Set<LiveCount>();

/** New connections of elements: no page needs many, and each is a socket. */
const connections = new Pace(8, 0.2);

/** Where there is no page, as on a server that renders one, there is nothing to extend. */
const Base = (globalThis.HTMLElement ?? Object) as typeof HTMLElement;

/**
 * Says who the visitor is, for all `<live-count>` of the page, those that are there and those to come. `viewerId` is
 * for gateways with AUTH=off, `token` for those with AUTH=jwt. Called again, all begin anew.
 */
export function configure({ token, viewerId }: Identity): void {
  const source = typeof token === 'string' ? () => token : token;
  identity = { ...(source && { token: source }), ...(viewerId && { viewerId }) };
  for (const element of inPage) plan(element);
}

/**
 * Waits for the end of the turn: whatever is moved, re-created or given several attributes asks once. A timer and no
 * microtask, so that a page that reacts to each of our changes with another keeps its turns.
 */
function plan(element: LiveCount): void {
  if (changed.size === 0)
    setTimeout(() => {
      const elements = [...changed];
      changed.clear();
      for (const one of elements) safely(one, () => one.apply());
    });
  changed.add(element);
}

/**
 * `<live-count page-id="…" gateway="wss://…/graphql" [name="viewers"] [watch]>`: a counter as text,
 * kept live. Without `watch`, and with the name `viewers`, the viewer is present on the page while
 * the element is in it.
 *
 * The attribute `state` is `connecting`, `live` or `offline`, for styles; the text says the same.
 * What stands in the element at first is shown until there is a number. Each newer value is told by
 * a `change` event whose `detail` is the counter. It brings no style and no script of its own, so
 * any content security policy will do that lets it connect. What is refused the console explains, once.
 */
export class LiveCount extends Base {
  static readonly observedAttributes = ['page-id', 'name', 'gateway', 'watch'];

  #stop: Stop | null = null;
  /** What is subscribed to, as one text, and as whom; '' for nothing. */
  #subscribed = '';
  #identity = identity;
  #counter: LiveCounter | null = null;

  connectedCallback(): void {
    inPage.add(this);
    plan(this);
  }

  disconnectedCallback(): void {
    inPage.delete(this);
    plan(this);
  }

  attributeChangedCallback(): void {
    plan(this);
  }

  /** Makes what is subscribed to match the attributes. */
  apply(): void {
    const wanted = this.isConnected ? this.#wanted() : null;
    const subscribed = wanted === null ? '' : Object.values(wanted).join(' ');
    const isSame = subscribed === this.#subscribed && identity === this.#identity;
    if (isSame && wanted !== null) return;
    const stop = this.#stop;
    this.#stop = null;
    this.#counter = null;
    this.#subscribed = subscribed;
    this.#identity = identity;
    if (this.isConnected) this.#show(wanted === null ? 'offline' : 'connecting');
    if (wanted !== null) this.#subscribe(wanted);
    // Only now, so that what both want goes on.
    stop?.();
  }

  /** Null: there is nothing that could be subscribed to. */
  #wanted(): Wanted | null {
    const pageId = this.#attribute('page-id');
    const name = this.#attribute('name') || 'viewers';
    const isWatching = this.hasAttribute('watch') && this.#attribute('watch') !== 'false';
    try {
      const url = gatewayUrl(this.#attribute('gateway'), this.baseURI);
      if (pageId !== '') return { url, pageId, name, isPresent: name === 'viewers' && !isWatching };
      this.#explainLater('page-id', 'is missing; write it like page-id="home"');
    } catch (cause) {
      if (!(cause instanceof BadGatewayUrl)) throw cause;
      this.#explainLater('gateway', cause.message);
    }
    return null;
  }

  #attribute(name: string): string {
    return this.getAttribute(name)?.trim() ?? '';
  }

  /** Attributes may come later than the element. */
  #explainLater(attribute: string, why: string): void {
    const raw = this.getAttribute(attribute);
    setTimeout(() => {
      if (this.isConnected && this.getAttribute(attribute) === raw) this.#explain([attribute], why);
    }, ATTRIBUTES_MS_MAX);
  }

  #explain(attributes: readonly string[], why: string): void {
    const shown = attributes.flatMap((name) => {
      const value = this.getAttribute(name);
      return value === null ? [] : [` ${name}="${value.slice(0, SHOWN_MAX)}"`];
    });
    complain(`<live-count${shown.join('')}>: ${why}`);
  }

  #subscribe(wanted: Wanted): void {
    const headcount = headcountFor({ url: wanted.url, ...identity }, IDLE_MS, connections);
    if (headcount === null) {
      this.#explain([], 'this page has opened too many connections, so this one has to wait.');
      this.#subscribed = '';
      setTimeout(() => plan(this), CROWDED_MS);
      return;
    }
    this.#stop = () => headcount.dispose();
    this.#begin(headcount, wanted);
  }

  #begin(headcount: Headcount, wanted: Wanted): void {
    const { pageId, name, isPresent } = wanted;
    const taken = (counter: LiveCounter): void => {
      this.#counter = counter;
      this.#show('live');
      this.dispatchEvent(new CustomEvent('change', { detail: counter, bubbles: true }));
    };
    const watching = {
      onState: (state: LiveState) => this.#show(state),
      onError: (refusal: Refusal) => {
        if (refusal.isConnection) return;
        this.#explainRefusal(refusal, isPresent);
        if (refusal.code !== 'UNAUTHENTICATED' || !isPresent) return;
        stop();
        this.#show('connecting');
        this.#begin(headcount, { ...wanted, isPresent: false });
      },
    };
    const stop = isPresent
      ? headcount.viewing(pageId, taken, watching)
      : headcount.counterChanged(pageId, name, taken, watching);
  }

  #explainRefusal({ code, message }: Refusal, isPresent: boolean): void {
    switch (code) {
      case 'BAD_PAGE_ID':
        return this.#explain(['page-id'], message);
      case 'BAD_COUNTER_NAME':
        return this.#explain(['name'], message);
      case 'TOO_MANY':
        return this.#explain(
          [],
          `the gateway has no room for all live counters of this page, so some stay offline until there is: ${message}`,
        );
      case 'UNAUTHENTICATED':
        if (isPresent)
          return this.#explain(
            [],
            'it shows who is there, but does not count its visitor, since the gateway asks for a token. ' +
              'Give one with configure({ token: () => … }) from headcount.js.',
          );
    }
    this.#explain(['page-id', 'name'], code === null ? message : `${message} (${code})`);
  }

  #show(state: LiveState): void {
    // Changes are read out when there is a pause; a page may decide otherwise.
    if (!this.hasAttribute('role')) this.setAttribute('role', 'status');
    if (!this.hasAttribute('aria-live')) this.setAttribute('aria-live', 'polite');
    this.#set('state', state);
    this.#set('aria-busy', String(state === 'connecting'));
    if (this.#counter === null) return;
    const { count, name } = this.#counter;
    const text = liveText(count, name, state, languageOf(this));
    if (this.textContent !== text) this.textContent = text;
  }

  #set(attribute: string, value: string): void {
    if (this.getAttribute(attribute) !== value) this.setAttribute(attribute, value);
  }
}

/** The language that an element is in; shadow trees are in that of their host. */
function languageOf(element: Element): string {
  const held = element.closest('[lang]');
  if (held !== null) return held.getAttribute('lang') ?? '';
  const { host } = element.getRootNode() as Partial<ShadowRoot>;
  return host === undefined ? '' : languageOf(host);
}
