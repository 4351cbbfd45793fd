import type { Heading } from './heading.js';
import type { Letter } from './outbox.js';

/** What a frame is made of. */
interface Part {
  readonly heading: Heading;
  readonly body: Buffer | null;
}

const NOTHING = Buffer.alloc(0);

/**
 * Makes the frames of one burst. Sockets that show the same page run the same operations, which change together: what was
 * made for one of them is what the next one is sent, too.
 */
export class FrameMaker {
  /** The frames of several letters that were made last, and of what. */
  private parts: readonly Part[] = [];
  private frames: Buffer = NOTHING;

  /** The frames of this letter and of all behind it; others may be sent the same bytes. */
  framesFrom(first: Letter): Buffer {
    if (first.next === null) return frameOf(first);
    if (this.areOf(first)) return this.frames;
    const parts = partsFrom(first);
    const frames = framesOf(parts);
    // Where an id is random, nobody else is sent the same.
    if (!first.heading.isCommon) return frames;
    this.parts = parts;
    this.frames = frames;
    return frames;
  }

  /** Whether the frames that were made last are those of this letter and of all behind it. */
  private areOf(first: Letter): boolean {
    let each: Letter | null = first;
    for (const { heading, body } of this.parts) {
      if (each === null || each.heading !== heading || each.body !== body) return false;
      each = each.next;
    }
    return each === null;
  }
}

function frameOf({ heading, body }: Letter): Buffer {
  if (body === null) return NOTHING;
  const common = heading.commonFrame(body);
  if (common !== null) return common;
  const frame = Buffer.allocUnsafe(heading.frameBytes(body));
  heading.writeFrame(body, frame, 0);
  return frame;
}

function partsFrom(first: Letter): readonly Part[] {
  const parts: Part[] = [];
  for (let each: Letter | null = first; each !== null; each = each.next)
    parts.push({ heading: each.heading, body: each.body });
  return parts;
}

function framesOf(parts: readonly Part[]): Buffer {
  let bytes = 0;
  for (const { heading, body } of parts) if (body !== null) bytes += heading.frameBytes(body);
  const frames = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const { heading, body } of parts)
    if (body !== null) at = heading.writeFrame(body, frames, at);
  return frames;
}
