export interface RoomLimits {
  /** Most connections in all. */
  readonly max: number;
  /** Most connections from one address. */
  readonly perAddressMax: number;
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
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
  }

  leave(address: string): void {
    const count = (this.perAddress.get(address) ?? 0) - 1;
    if (count > 0) this.perAddress.set(address, count);
    else this.perAddress.delete(address);
  }
}
