export interface RoomLimits {
  /** Most connections in all. */
  readonly max: number;
  /** Most connections from one address. */
  readonly perAddressMax: number;
  /** Told how many an address holds now. */
  readonly entered?: (address: string, held: number) => void;
}

/** How many connections there are from each address, and whether there may be more. */
export class Room {
  private readonly perAddress = new Map<string, number>();

  constructor(private readonly limits: RoomLimits) {}

  /** Whether one more may come from an address, where there are `total` in all. */
  admits(address: string, total: number): boolean {
    const { max, perAddressMax } = this.limits;
    return total < max && (this.perAddress.get(address) ?? 0) < perAddressMax;
  }

  enter(address: string): void {
    const held = (this.perAddress.get(address) ?? 0) + 1;
    this.perAddress.set(address, held);
    this.limits.entered?.(address, held);
  }

  leave(address: string): void {
    const count = (this.perAddress.get(address) ?? 0) - 1;
    if (count > 0) this.perAddress.set(address, count);
    else this.perAddress.delete(address);
  }
}
