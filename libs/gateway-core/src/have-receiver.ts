import {
  decodeDatagram,
  err,
  ok,
  type DropReason,
  type HaveDatagram,
  type InstanceId,
  type Result,
  type VerifyDatagram,
} from '@headcount/protocol';

/**
 * Lets in the answers of the present home, each once and none after a later one: what Redis stored
 * at two moments must be heard in the order of those moments, and nobody can play an old answer
 * again.
 */
export class HaveReceiver {
  private home: InstanceId | null = null;
  private lastNumber = 0;
  private askedAfter = 0;

  constructor(
    private readonly me: InstanceId,
    private readonly verify: VerifyDatagram,
  ) {}

  /**
   * From now on only this instance's answers count, and only those to datagrams with a number above
   * `askedAfter`: after a move there and back, answers from the first stay are old.
   */
  expect(home: InstanceId, askedAfter: number): void {
    this.home = home;
    this.lastNumber = 0;
    this.askedAfter = askedAfter;
  }

  /** The answer in a datagram, or why it is dropped. */
  take(bytes: Uint8Array): Result<HaveDatagram, DropReason> {
    const decoded = decodeDatagram(bytes, this.verify);
    if (!decoded.ok) return decoded;
    const datagram = decoded.value;
    // A feed is for counter-api alone.
    if (datagram.type !== 'have') return err('malformed');
    if (datagram.receiver !== this.me) return err('wrong_receiver');
    if (datagram.sender !== this.home) return err('unknown_instance');
    if (datagram.number <= this.lastNumber || datagram.answers <= this.askedAfter) {
      return err('old_number');
    }
    this.lastNumber = datagram.number;
    return ok(datagram);
  }
}
