/** What apps have logged, as whoever reads their standard output sees it. */

/** Lines that are no JSON of one line, or hold what a terminal would act on. */
export function forgedLines(output: string): string[] {
  return linesOf(output).filter((line) => !isJson(line) || [...line].some(isControl));
}

/** Lines that tell of a fault of ours. */
export function faultLines(output: string): string[] {
  return linesOf(output).filter((line) => isJson(line) && Number(JSON.parse(line).level) >= 50);
}

/** Whole lines: of what is kept the first may lack its beginning, and the last its end. */
const linesOf = (output: string): string[] => output.split('\n').slice(1, -1);

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

const isControl = (sign: string): boolean => /\p{Cc}/u.test(sign);
