/** A reporter for Jest: a line for each law as it is settled, and at the end a table with a row for each type. */

/** The tests in a `describe('laws')` are laws; the word in brackets at the end names one. */
const SCOPE = 'laws';
const NAME = / \(([^()]+)\)$/;

class LawReporter {
  constructor(_, { cases }) {
    this.cases = Number(cases);
    this.laws = [];
    this.failed = false;
  }

  onRunStart() {
    console.log(`Each law on ${this.cases.toLocaleString('en')} cases …`);
  }

  onTestCaseResult(_, { ancestorTitles, title, status, duration, failureMessages }) {
    if (!ancestorTitles.includes(SCOPE) || status === 'pending') return;
    const type = ancestorTitles[0];
    const law = NAME.exec(title)?.[1] ?? title;
    const seconds = (duration ?? 0) / 1000;
    const holds = status === 'passed';
    this.laws.push({ type, law, seconds, holds });
    console.log(`${holds ? 'holds' : 'FAILS'}  ${type}: ${law} (${seconds.toFixed(1)} s)`);
    for (const message of failureMessages) console.log(message);
  }

  onTestFileResult(_, { testExecError, testFilePath }) {
    if (!testExecError) return;
    this.failed = true;
    console.log(`FAILS  ${testFilePath} could not be run: ${testExecError.message}`);
  }

  onRunComplete() {
    const types = groupedByType(this.laws);
    console.log(`\n${row('type', 'laws', 'cases', 'seconds', 'fail')}`);
    for (const [type, laws] of types) console.log(this.rowOf(type, laws));
    console.log(this.rowOf('all', this.laws));
    // Where no law was found, none has been proven.
    if (this.laws.length === 0) this.failed = true;
  }

  rowOf(type, laws) {
    const seconds = laws.reduce((sum, law) => sum + law.seconds, 0).toFixed(1);
    const failing = laws.filter(({ holds }) => !holds).map(({ law }) => law);
    const cases = (laws.length * this.cases).toLocaleString('en');
    return row(type, laws.length, cases, seconds, failing.join(', ') || '-');
  }

  getLastError() {
    return this.failed ? new Error('not every law was tried') : undefined;
  }
}

function groupedByType(laws) {
  const types = new Map();
  for (const law of laws) types.set(law.type, [...(types.get(law.type) ?? []), law]);
  return types;
}

function row(type, laws, cases, seconds, failing) {
  const numbers = [
    String(laws).padStart(5),
    String(cases).padStart(12),
    String(seconds).padStart(8),
  ];
  return [String(type).padEnd(28), ...numbers, ` ${failing}`].join(' ');
}

module.exports = LawReporter;
