/**
 * G-set: a set that elements are put into and never taken out of.
 *
 * Shape   the set of its elements.
 * Join    the union.
 * Value   the set itself.
 * Source  Shapiro et al., INRIA RR-7506 (2011), 3.3.1; deltas: Almeida et al., JPDC 111 (2018), section 4.
 */

export type GSet<Element extends string = string> = ReadonlySet<Element>;

/** The set without elements. */
export const NO_ELEMENTS: GSet<never> = new Set<never>();

/** The delta that puts `element` in; empty where it is in already. Cost O(1). */
export function put<Element extends string>(set: GSet<Element>, element: Element): GSet<Element> {
  return set.has(element) ? NO_ELEMENTS : new Set([element]);
}

/** All elements of both. Cost O(|left| + |right|). */
export function join<Element extends string>(
  left: GSet<Element>,
  right: GSet<Element>,
): GSet<Element> {
  return new Set([...left, ...right]);
}
