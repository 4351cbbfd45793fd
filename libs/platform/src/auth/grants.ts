import type { CounterName, PageId } from '@headcount/protocol';
import { glob, type Glob } from './glob.js';

/** What a token or an API key says of its bearer's rights. */
export interface GrantedPatterns {
  /** Pages that may be viewed; absent: all. */
  readonly pages?: readonly string[] | undefined;
  /** Counters that may be raised and lowered: `page name`, or `name` for that counter of any page; absent: none. */
  readonly counters?: readonly string[] | undefined;
  /** Counters that may be voted on, in the same form; absent: those that are open to votes. */
  readonly votes?: readonly string[] | undefined;
  /** Largest amount of one change; absent: as large as for any caller. */
  readonly amount?: number | undefined;
  readonly scopes?: readonly string[] | undefined;
}

interface CounterGlob {
  readonly page: Glob;
  readonly name: Glob;
}

/** What a subject may do. `@site` is a page like every other here: it needs a pattern that fits. */
export class Grants {
  /** Everything is allowed. */
  static readonly ALL = Grants.of({ counters: ['*'], votes: ['*'] });
  /** Every page may be viewed, and nothing changed. */
  static readonly READ_ALL = Grants.of({ votes: [] });

  private constructor(
    private readonly pages: readonly Glob[] | null,
    private readonly counters: readonly CounterGlob[],
    private readonly votes: readonly CounterGlob[] | null,
    /** Largest amount of one change; Infinity: as large as for any caller. */
    readonly amountMax: number,
    /** The words of the claim `scope`. */
    readonly scopes: ReadonlySet<string>,
    /** Whether every page there is may be viewed, those to come and the whole website too. */
    readonly viewsAll: boolean,
    /** The same for grants by which the same pages may be viewed, as one text. */
    readonly viewClass: string,
  ) {}

  static of({ pages, counters, votes, amount, scopes }: GrantedPatterns): Grants {
    const viewsAll = pages?.some((pattern) => EVERYTHING.test(pattern)) ?? true;
    return new Grants(
      pages?.map(pageGlob) ?? null,
      (counters ?? []).map(counterGlob),
      votes?.map(counterGlob) ?? null,
      amount ?? Infinity,
      new Set(scopes),
      viewsAll,
      viewsAll ? '' : JSON.stringify([...new Set(pages)].sort()),
    );
  }

  /** Whether the subject may be present on a page, and watch it as itself. */
  mayView(pageId: PageId): boolean {
    return this.pages === null || this.pages.some((matches) => matches(pageId));
  }

  /** Whether the subject may raise and lower a counter. */
  mayWrite(pageId: PageId, name: CounterName): boolean {
    return fits(this.counters, pageId, name);
  }

  /** Whether the subject may vote on a counter. `isOpen`: whether it is open to votes of those of whom nothing else is said. */
  mayVote(pageId: PageId, name: CounterName, isOpen: boolean): boolean {
    return this.votes === null ? isOpen : fits(this.votes, pageId, name);
  }
}

const fits = (globs: readonly CounterGlob[], pageId: PageId, name: CounterName): boolean =>
  globs.some((one) => one.page(pageId) && one.name(name));

/** A pattern that every text fits. */
const EVERYTHING = /^\*+$/;

/** Page ids are in NFC, so a pattern in another form would never fit one. */
const pageGlob = (pattern: string): Glob => glob(pattern.normalize('NFC'));

/** Neither page ids nor counter names have spaces in them. */
function counterGlob(pattern: string): CounterGlob {
  const [first = '', second] = pattern.split(' ');
  return second === undefined
    ? { page: glob('*'), name: glob(first) }
    : { page: pageGlob(first), name: glob(second) };
}
