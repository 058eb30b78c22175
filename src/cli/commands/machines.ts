/** `numaq machines` and `numaq patterns`: what is built in. */
import { machineSummaries } from '../../lab/machines.ts';
import { patterns } from '../../sim/index.ts';
import { type Io, OK } from '../io.ts';
import { figure, memory, table } from '../table.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Lists the built-in machines. Returns the exit code. */
export function machinesCommand(io: Io, options: { readonly json?: true }): number {
  const machines = machineSummaries();
  if (options.json) {
    io.out(json(machines));
    return OK;
  }
  const rows = machines.map(({ id, title, nodes, cpus, memoryMiB }) => [
    id,
    figure(nodes),
    figure(cpus),
    memory(memoryMiB),
    title,
  ]);
  io.out(table(['id', 'nodes', 'CPUs', 'memory', 'title'], rows));
  io.out(`\n${machines.map(({ id, line }) => `${id}: ${line}\n`).join('')}`);
  return OK;
}

/** Lists the patterns that `numaq run --pattern` knows. Returns the exit code. */
export function patternsCommand(io: Io, options: { readonly json?: true }): number {
  const list = patterns.map(({ id, title, description }) => ({ id, title, description }));
  io.out(
    options.json
      ? json(list)
      : table(
          ['id', 'what it does'],
          list.map(({ id, description }) => [id, description]),
        ),
  );
  return OK;
}
