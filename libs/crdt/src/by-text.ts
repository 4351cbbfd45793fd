/** The order of text here: by UTF-16 units, so the same on every machine, whatever its locale. */
export function byText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
