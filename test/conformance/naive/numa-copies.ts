/** What copies of a line are in the naive NUMA machine, and the versions that tell an old one from the last write. */
export interface Copy {
  mesi: 'M' | 'E' | 'S';
  version: number;
}

/** A line of a remote cache: the version of each L2 line in it. */
export interface RemoteLine {
  readonly versions: Map<number, number>;
}

/** Memory as far as writes have reached it, and the number of the last write to each line. */
export class MemoryImage {
  private readonly stored = new Map<number, number>();
  private readonly last = new Map<number, number>();

  get(line: number): number {
    return this.stored.get(line) ?? 0;
  }

  set(line: number, version: number): void {
    this.stored.set(line, version);
  }

  /** The version that a write makes. */
  written(line: number): number {
    const version = (this.last.get(line) ?? 0) + 1;
    this.last.set(line, version);
    return version;
  }

  mustBeLast(line: number, version: number): void {
    const last = this.last.get(line) ?? 0;
    if (version !== last) throw new Error(`line ${line}: version ${version} was read, ${last} was written last`);
  }
}
