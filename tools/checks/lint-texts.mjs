/**
 * Lints texts as if they stood in given files of the workspace, which need not exist.
 * stdin   [{ "filePath": "libs/crdt/src/x.ts", "text": "…" }, …], paths from the workspace's root
 * stdout  [["rule: message", …], …], in the same order
 * A program of its own, because Jest cannot load ESLint's configuration, which is an ES module.
 */
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint();
const found = [];
for (const { filePath, text: code } of JSON.parse(await text(process.stdin))) {
  const results = await eslint.lintText(code, { filePath });
  found.push(
    results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message }) => `${ruleId}: ${message}`),
    ),
  );
}
process.stdout.write(JSON.stringify(found));
