import { createServer } from 'node:net';
import { Fault } from '../setup/fault.mjs';

/** Throws a Fault for the first port that another program has, before anything is started that would run into it. */
export async function checkPorts({ host, ports }) {
  for (const [name, port] of Object.entries(ports)) {
    const code = await listenOnce(host, port);
    if (code === 'EADDRINUSE') {
      throw new Fault(
        `Port ${port} on ${host} is taken by another program; set ${name} to a free one.`,
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new Fault(`HOST is ${host}, but this machine has no such address.`);
    }
    if (code === 'EACCES')
      throw new Fault(`Port ${port} may not be used by this user; set ${name} to another.`);
    if (code !== undefined)
      throw new Fault(`Port ${port} on ${host} cannot be used (${code}); see ${name} and HOST.`);
  }
}

/** The code of the error that listening meets, or undefined if it works. */
function listenOnce(host, port) {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
