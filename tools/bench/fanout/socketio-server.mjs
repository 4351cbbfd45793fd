/** Socket.IO: a room a page, each change emitted to it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { resultOf } from './changes.mjs';
import { countOf, servePublisher } from './serve-publisher.mjs';

const http = createServer();
const io = new Server(http, { transports: ['websocket'] });
io.on('connection', (socket) => {
  socket.on('enter', (pages) => {
    for (const page of pages) {
      void socket.join(page);
      socket.emit('next', resultOf(page, countOf(page)));
    }
  });
});
http.listen(0, '127.0.0.1');
await once(http, 'listening');
await servePublisher(http.address().port, (pages, count) => {
  for (const page of pages) io.to(page).emit('next', resultOf(page, count));
});
