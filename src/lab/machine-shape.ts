/** The few figures of a machine that its small picture is drawn from. Pure: the browser door keeps them in the page. */
import type { MachineProfile } from '../sim/index.ts';

type Kind = MachineProfile['machine']['interconnect']['kind'];

export interface MachineShape {
  readonly interconnect: Kind;
  readonly nodes: number;
  readonly cpus: number;
}

const KINDS: Readonly<Record<Kind, true>> = {
  none: true,
  ring: true,
  mesh: true,
  crossbar: true,
  links: true,
  matrix: true,
};

/** Of a machine, valid as it is. */
export function shapeOf({ machine }: Pick<MachineProfile, 'machine'>): MachineShape {
  return {
    interconnect: machine.interconnect.kind,
    nodes: machine.nodes.length,
    cpus: machine.nodes.reduce((sum, node) => sum + node.cpus, 0),
  };
}

/** The shape in what a list of machines was read as; undefined where there is none that could be drawn. */
export function readShape(value: unknown): MachineShape | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { interconnect, nodes, cpus } = value as Record<string, unknown>;
  if (!isKind(interconnect) || !isCount(nodes) || !isCount(cpus) || nodes === 0) return undefined;
  return { interconnect, nodes, cpus };
}

const isKind = (value: unknown): value is Kind => typeof value === 'string' && Object.hasOwn(KINDS, value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
