import { headerBytes, writeHeader } from '@headcount/gateway-core';

/** Clients that count their operations have short ids, and the same ones; longer ids are random. */
const SHORT_ID = 8;

const TAIL = '}'.charCodeAt(0);

/**
 * What is before the shared part of a `next` message, which says whose it is. Messages of several operations with the same id,
 * each on a socket of its own, are the same to the byte, and their frame is made once.
 */
export class Heading {
  /** How many operations have it. */
  operations = 0;
  private readonly text: string;
  private readonly bytes: number;
  /** The frame that was made last, and around what. */
  private frame: Buffer | null = null;
  private framed: Buffer | null = null;

  constructor(readonly id: string) {
    this.text = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    this.bytes = Buffer.byteLength(this.text);
  }

  /** Whether others may have the same. */
  get isCommon(): boolean {
    return this.id.length <= SHORT_ID;
  }

  /** Bytes of the frame of a message. */
  frameBytes(body: Buffer): number {
    const length = this.bytes + body.length + 1;
    return headerBytes(length) + length;
  }

  /** Writes the frame of a message; gives where it ends. */
  writeFrame(body: Buffer, target: Buffer, from: number): number {
    const { text, bytes } = this;
    let at = writeHeader(target, from, bytes + body.length + 1);
    // An id is ASCII as a rule, which is written much faster.
    if (bytes === text.length) target.write(text, at, 'latin1');
    else target.write(text, at);
    at += bytes;
    target.set(body, at);
    at += body.length;
    target[at] = TAIL;
    return at + 1;
  }

  /** The frame of a message for all that have this heading; null: there is only one. */
  commonFrame(body: Buffer): Buffer | null {
    if (this.operations < 2) return null;
    if (this.frame === null || this.framed !== body) {
      this.frame = Buffer.allocUnsafeSlow(this.frameBytes(body));
      this.writeFrame(body, this.frame, 0);
      this.framed = body;
    }
    return this.frame;
  }
}

/** The headings of a group, those that are common once. */
export class Headings {
  private readonly common = new Map<string, Heading>();

  /** One operation more. */
  take(id: string): Heading {
    const heading = this.common.get(id) ?? new Heading(id);
    if (heading.isCommon) this.common.set(id, heading);
    heading.operations += 1;
    return heading;
  }

  /** One operation less. */
  drop(heading: Heading): void {
    heading.operations -= 1;
    if (heading.operations === 0) this.common.delete(heading.id);
  }
}
