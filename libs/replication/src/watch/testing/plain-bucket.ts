import type { Position } from '@headcount/crdt';
import type {
  BucketChanges,
  BucketSince,
  CounterView,
  CountersRead,
} from '@headcount/counter-store';

const view = (viewers: number): CounterView => ({
  viewers,
  connections: viewers,
  durable: 0,
  updatedAtMs: null,
});

/** A bucket as Redis holds it, in the least code that can be right. */
export class PlainBucket {
  position: Position = { incarnation: '', seq: 0, rev: 0 };
  rows = new Map<string, { viewers: number; rev: number }>();
  private births = 0;
  private saved: { rows: Map<string, { viewers: number; rev: number }>; rev: number } = {
    rows: new Map(),
    rev: 0,
  };

  change(key: string, viewers: number): BucketChanges {
    if (this.position.incarnation === '') this.beBorn();
    const fromRev = this.position.rev;
    this.position = { ...this.position, rev: fromRev + 1 };
    this.rows.set(key, { viewers, rev: fromRev + 1 });
    return this.publication(fromRev, [key]);
  }
  save(): void {
    this.saved = { rows: new Map(this.rows), rev: this.position.rev };
  }
  forget(back: boolean): BucketChanges {
    this.rows = new Map(back ? this.saved.rows : []);
    this.position = { ...this.position, rev: back ? this.saved.rev : 0 };
    this.beBorn();
    return this.publication(this.position.rev, []);
  }
  read(keys: readonly string[]): CountersRead {
    return {
      position: this.position,
      staleRegions: [],
      views: keys.map((key) => view(this.rows.get(key)?.viewers ?? 0)),
    };
  }
  since(at: Position): BucketSince {
    const known = at.incarnation === this.position.incarnation && at.rev >= this.floor;
    const later = [...this.rows].filter(([, { rev }]) => rev > at.rev);
    const rows = later.map(([key, { viewers, rev }]) => ({ key, view: view(viewers), rev }));
    return { position: this.position, rows: known ? rows : null };
  }
  private floor = 0;
  private beBorn(): void {
    this.births += 1;
    this.position = { ...this.position, incarnation: String(this.births).padStart(20, '0') };
    this.floor = this.position.rev;
  }
  private publication(fromRev: number, keys: readonly string[]): BucketChanges {
    const { incarnation, rev } = this.position;
    const rows = keys.map((key) => ({ key, view: view(this.rows.get(key)?.viewers ?? 0), rev }));
    return { bucket: 0, incarnation, fromRev, toRev: rev, rows, followers: [] };
  }
}
