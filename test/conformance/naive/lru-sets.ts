/**
 * A set-associative array as the textbook has it: for every set a list, the most recently used first. Slow and obvious;
 * the fast structures are compared with it.
 */
export interface Entry<State> {
  readonly line: number;
  state: State;
}

export class LruSets<State> {
  private readonly lists = new Map<number, Entry<State>[]>();

  constructor(
    readonly sets: number,
    readonly ways: number,
  ) {}

  private list(line: number): Entry<State>[] {
    const set = line % this.sets;
    let list = this.lists.get(set);
    if (list === undefined) this.lists.set(set, (list = []));
    return list;
  }

  /** The entry, without touching it. */
  peek(line: number): Entry<State> | undefined {
    return this.list(line).find((entry) => entry.line === line);
  }

  /** The entry, now the most recent of its set. */
  use(line: number): Entry<State> | undefined {
    const found = this.peek(line);
    if (found === undefined) return undefined;
    this.drop(line);
    this.list(line).unshift(found);
    return found;
  }

  /** Puts a line in as the most recent; returns the least recent one if there is no room for both. */
  put(line: number, state: State): Entry<State> | undefined {
    const list = this.list(line);
    list.unshift({ line, state });
    return list.length > this.ways ? list.pop() : undefined;
  }

  drop(line: number): Entry<State> | undefined {
    const list = this.list(line);
    const at = list.findIndex((entry) => entry.line === line);
    return at < 0 ? undefined : list.splice(at, 1)[0];
  }

  /** Everything, set by set, the most recent of a set first. */
  all(): Entry<State>[] {
    return [...this.lists.keys()].sort((a, b) => a - b).flatMap((set) => this.lists.get(set) ?? []);
  }

  /** Lines of a set, most recent first. */
  order(set: number): number[] {
    return (this.lists.get(set) ?? []).map((entry) => entry.line);
  }
}
