/** Where a task is in its program: the operation in hand, within repeats within repeats. */
import type { Operation } from '../workloads/operations.ts';

interface Frame {
  readonly operations: readonly Operation[];
  readonly times: number;
  /** Number of the operation that comes next, and of the round. */
  next: number;
  round: number;
}

export class OperationStack {
  private readonly frames: Frame[];
  /** Frames and numbers of the operation that was given last. */
  private readonly at: number[] = [];

  constructor(
    private readonly program: string,
    operations: readonly Operation[],
  ) {
    this.frames = [{ operations, times: 1, next: 0, round: 0 }];
  }

  /** The next operation, or undefined at the end. A repeat is given once, when it is come to; then its body follows. */
  next(): Operation | undefined {
    for (;;) {
      const frame = this.frames.at(-1);
      if (frame === undefined) return undefined;
      if (frame.next < frame.operations.length) {
        const operation = frame.operations[frame.next++];
        this.at.length = 0;
        for (const each of this.frames) this.at.push(each.next - 1);
        if (operation.op === 'repeat')
          this.frames.push({ operations: operation.body, times: operation.times, next: 0, round: 0 });
        return operation;
      }
      frame.next = 0;
      if (++frame.round >= frame.times) this.frames.pop();
      // A repeat of nothing would be gone through round by round.
      else if (frame.operations.length === 0) frame.round = frame.times;
    }
  }

  /** Round of the innermost repeat; undefined outside of all. */
  get round(): number | undefined {
    return this.frames.length > 1 ? this.frames.at(-1)?.round : undefined;
  }

  /** Place of the operation that was given last: `programs.make[3].body[0]`. */
  get place(): string {
    return `programs.${this.program}[${this.at.join('].body[')}]`;
  }
}
