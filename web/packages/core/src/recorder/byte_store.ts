/** Where a stem's bytes live in this browser until the server has them. Append only; durable when `append` resolves. */
export interface ByteStore {
  open(key: string): Promise<number>;
  append(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  read(key: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  size(key: string): Promise<number>;
  remove(key: string): Promise<void>;
  list(): Promise<string[]>;
}

export class MemoryByteStore implements ByteStore {
  private readonly files = new Map<string, Uint8Array<ArrayBuffer>>();

  async open(key: string): Promise<number> {
    if (!this.files.has(key)) this.files.set(key, new Uint8Array());
    return this.size(key);
  }
  async append(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    const before = this.files.get(key) ?? new Uint8Array();
    const after = new Uint8Array(before.length + bytes.length);
    after.set(before);
    after.set(bytes, before.length);
    this.files.set(key, after);
    return after.length;
  }
  async read(key: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return (this.files.get(key) ?? new Uint8Array()).slice(start, end);
  }
  async size(key: string): Promise<number> {
    return this.files.get(key)?.length ?? 0;
  }
  async remove(key: string): Promise<void> {
    this.files.delete(key);
  }
  async list(): Promise<string[]> {
    return [...this.files.keys()];
  }
}
