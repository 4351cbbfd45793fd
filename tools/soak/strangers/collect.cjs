/**
 * Loaded into each app under attack (NODE_OPTIONS=--require): SIGUSR2 collects its garbage. V8 puts off collecting while there is
 * memory, so without this a process that holds nothing more looks as grown as one that leaks.
 */
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());
