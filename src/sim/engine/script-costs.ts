/**
 * How much there is to do in a script, for the progress bar: an operation counts 1, a thousand references or a million
 * instructions 1 more; what is forked counts with the child. Known before the run, since repeats have fixed numbers.
 */
import type { Operation } from '../workloads/operations.ts';
import type { Script } from '../workloads/script.ts';

const REFERENCES = 1000;
const INSTRUCTIONS = 1_000_000;

export class ScriptCosts {
  /** Of all that the script starts; at least 1. */
  readonly total: number;
  private readonly programs = new Map<string, number>();

  constructor(private readonly script: Script) {
    const costs = script.start.map(({ program, copies }) => copies * this.ofProgram(program));
    this.total = Math.max(
      1,
      costs.reduce((sum, cost) => sum + cost, 0),
    );
  }

  /** Of one operation without what it starts or repeats. */
  of(operation: Operation): number {
    if (operation.op === 'compute') return 1 + operation.instructions / INSTRUCTIONS;
    if (operation.op === 'references') return 1 + operation.count / REFERENCES;
    if (operation.op !== 'touch') return 1;
    return 1 + (operation.count ?? (operation.bytes ?? 0) / operation.step) / REFERENCES;
  }

  private ofProgram(name: string): number {
    const known = this.programs.get(name);
    if (known !== undefined) return known;
    const cost = this.ofAll(this.script.programs[name]);
    this.programs.set(name, cost);
    return cost;
  }

  private ofAll(operations: readonly Operation[]): number {
    let cost = 0;
    for (const operation of operations) {
      cost += this.of(operation);
      if (operation.op === 'repeat') cost += operation.times * this.ofAll(operation.body);
      else if ('program' in operation) cost += this.ofProgram(operation.program);
    }
    return cost;
  }
}
