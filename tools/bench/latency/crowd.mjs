/**
 * Many viewers in one process, who enter pages, stay a while and go to others, at random. They speak either side's protocol
 * by hand and do not read what they receive: a client library for each would use up the core that Redis runs on.
 *
 * Questions: `{ do: 'open', urls, dialect, viewers, pages }` opens the sockets, an equal number to each URL, everyone on a
 * page; `{ do: 'move', stayMs }` makes them leave one page for another, after that time on the average; `{ do: 'rest' }` ends
 * that. Each answer is `{ moves, received }` since the last one.
 */
import { once } from 'node:events';
import WebSocket from 'ws';
import { serveHelper } from '../helper.mjs';
import { seededRandom } from '../testing.mjs';
import { DIALECTS } from './dialects.mjs';

/** Connections that are opened at once: a server's backlog is finite. */
const OPENING_MAX = 50;
const STEP_MS = 5;

const random = seededRandom(7);
const anyOf = (list) => list[Math.floor(random() * list.length)];

const members = [];
let pages = [];
let movesPerMs = 0;
let moves = 0;
let received = 0;

class Member {
  #visits = 0;

  constructor(socket, dialect) {
    this.socket = socket;
    this.dialect = dialect;
    socket.on('message', () => (received += 1));
    socket.on('close', (code, reason) => {
      throw new Error(`A viewer of the crowd was sent away: ${code} ${reason}`);
    });
  }

  enter(page) {
    this.#visits += 1;
    this.#send(this.dialect.enter(page, this.#visits));
  }

  leave() {
    this.#send(this.dialect.leave(this.#visits));
  }

  #send(message) {
    this.socket.send(JSON.stringify(message));
  }
}

async function openMember(url, dialect, number) {
  const socket = new WebSocket(url, dialect.subprotocols);
  await once(socket, 'open');
  if (dialect.hello !== undefined) {
    socket.send(JSON.stringify(dialect.hello(`crowd-${number}`)));
    // The answer lets the viewer in.
    await once(socket, 'message');
  }
  return new Member(socket, dialect);
}

async function open({ urls, dialect, viewers, pages: count }) {
  pages = Array.from({ length: count }, (_, at) => `crowd-${at}`);
  for (let first = 0; first < viewers; first += OPENING_MAX) {
    const numbers = Array.from(
      { length: Math.min(OPENING_MAX, viewers - first) },
      (_, at) => first + at,
    );
    const opened = await Promise.all(
      numbers.map((number) => openMember(urls[number % urls.length], DIALECTS[dialect], number)),
    );
    for (const member of opened) member.enter(anyOf(pages));
    members.push(...opened);
  }
}

let lastStepMs = 0;
let due = 0;

function step() {
  const nowMs = performance.now();
  due += (nowMs - lastStepMs) * movesPerMs;
  lastStepMs = nowMs;
  for (; due >= 1; due -= 1) {
    const member = anyOf(members);
    member.leave();
    member.enter(anyOf(pages));
    moves += 1;
  }
}

function setPace(pace) {
  movesPerMs = pace;
  lastStepMs = performance.now();
}

serveHelper({}, async (question) => {
  if (question.do === 'open') await open(question);
  else setPace(question.do === 'move' ? members.length / question.stayMs : 0);
  const counted = { moves, received };
  moves = 0;
  received = 0;
  return counted;
});
setInterval(step, STEP_MS);
