import { connect } from 'node:net';

/**
 * Sends one command of plain words to the Redis at a Unix socket, and resolves with the line that it answers, without the
 * sign of its kind. Rejects with the code of the connection's error, or SILENT after a second or an end without an answer.
 */
export function redisReply(path, command) {
  return new Promise((resolve, reject) => {
    const silent = () =>
      reject(Object.assign(new Error(`No answer to ${command}`), { code: 'SILENT' }));
    const socket = connect(path, () => socket.write(`${command}\r\n`));
    let received = '';
    socket.setEncoding('utf8').setTimeout(1000, () => socket.destroy());
    socket.on('data', (text) => {
      received += text;
      if (!received.includes('\r\n')) return;
      resolve(received.slice(1, received.indexOf('\r\n')));
      socket.destroy();
    });
    socket.once('error', reject).once('close', silent);
  });
}
