/** As much of curl as the recipes use, for machines that have none: -X, -H, -d, -i and an address. */
const METHODS_WITH_BODY = 'POST';
const asked = { headers: {}, method: undefined, body: undefined, showsHead: false, url: '' };
const rest = process.argv.slice(2);
while (rest.length > 0) {
  const word = rest.shift();
  if (word === '-X') asked.method = rest.shift();
  else if (word === '-H') {
    const [name, ...value] = rest.shift().split(':');
    asked.headers[name] = value.join(':').trim();
  } else if (word === '-d') asked.body = rest.shift();
  else if (word === '-i') asked.showsHead = true;
  else if (word.startsWith('-')) throw new Error(`this curl does not know ${word}`);
  else asked.url = word;
}
const answer = await fetch(asked.url, {
  method: asked.method ?? (asked.body === undefined ? 'GET' : METHODS_WITH_BODY),
  headers: asked.headers,
  body: asked.body,
});
if (asked.showsHead) {
  console.log(`HTTP/1.1 ${answer.status} ${answer.statusText}`);
  for (const [name, value] of answer.headers) console.log(`${name}: ${value}`);
  console.log();
}
process.stdout.write(await answer.text());
