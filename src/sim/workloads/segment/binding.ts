/**
 * How a design's policies are asked for: each range's policy as the operation of the call that the design binds with.
 * mem_setbinding and set_mempolicy bind whoever calls, so the caller makes one before it initialises a range; shmbind
 * and membind bind a whole segment, so of several calls for one segment the last one counts; mbind binds a range.
 */
import type { BindingCall, PolicyMode, RangePolicy, SegmentDesign } from './design.ts';
import { cpusOf, type SegmentMachine } from './machine.ts';

/** What each call can ask for. */
const MODES: Readonly<Record<Exclude<BindingCall, 'none'>, readonly PolicyMode[]>> = {
  mem_setbinding: ['none', 'bind'],
  shmbind: ['none', 'first-touch', 'bind', 'interleave'],
  membind: ['none', 'bind'],
  set_mempolicy: ['none', 'first-touch', 'preferred', 'bind', 'interleave', 'preferred-many', 'weighted-interleave'],
  mbind: ['none', 'first-touch', 'preferred', 'bind', 'interleave', 'preferred-many', 'weighted-interleave'],
};

/** Modes that a design can ask for with `call`; with none of them, that is only a wish on paper. */
export function modesOf(call: BindingCall): readonly PolicyMode[] {
  return call === 'none' ? ['none'] : MODES[call];
}

/** Whose calls are for the task that makes them, not for memory. */
export function bindsTask(call: BindingCall): boolean {
  return call === 'mem_setbinding' || call === 'set_mempolicy';
}

/** Part of a region, as operations name it. */
export interface Part {
  readonly region: string;
  readonly from: number;
  readonly bytes: number;
}

/** The operation that binds a range, or undefined where none is made; `segment` is the one that the range lies in. */
export function bindingOperation(
  { binding }: Pick<SegmentDesign, 'binding'>,
  policy: RangePolicy,
  segment: string,
  part: Part,
  machine: SegmentMachine,
): object | undefined {
  const { mode, nodes } = policy;
  const { call, strict } = binding;
  if (mode === 'none') return undefined;
  const numaMode = mode === 'first-touch' ? 'default' : mode;
  switch (call) {
    case 'none':
      return undefined;
    case 'mem_setbinding':
      return { op: 'memSetbinding', nodes, behaviour: strict ? 'strict' : 'loose' };
    case 'shmbind':
      return {
        op: 'shmbind',
        segment,
        placement: mode === 'interleave' ? 'stripe' : 'firstref',
        strength: strict ? 'hard' : 'soft',
        nodes: mode === 'first-touch' ? machine.nodes.map(({ id }) => id) : nodes,
      };
    case 'membind':
      return { op: 'membind', ...part, cpus: nodes.flatMap((node) => cpusOf(machine, node)) };
    case 'set_mempolicy':
      return { op: 'setMempolicy', mode: numaMode, nodes };
    case 'mbind':
      return { op: 'mbind', ...part, mode: numaMode, nodes, strict };
  }
}
