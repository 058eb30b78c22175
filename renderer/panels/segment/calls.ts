/** Which of the binding calls a kernel has, and which patch would give it one. */
import type { bindings } from '../../../src/sim/profiles/kernel-schema.ts';
import type { BindingCall, PolicyMode } from '../../../src/sim/workloads/segment/design.ts';

export type Binding = (typeof bindings)[number];

/** Later calls of the same line have what the earlier ones had. */
const NUMA_API: readonly Binding[] = ['mempolicy', 'preferred-many', 'weighted-interleave'];

/** The call that a kernel with `binding` binds a range by; of a kernel without one, the one that mainline got. */
export function callOf(binding: Binding): BindingCall {
  if (binding === 'mem_setbinding' || binding === 'shmbind' || binding === 'membind') return binding;
  return 'mbind';
}

const ALL_MODES: readonly PolicyMode[] = ['preferred', 'bind', 'interleave', 'preferred-many', 'weighted-interleave'];

/** Modes by which a call puts memory on nodes. */
export function placingModes(call: BindingCall): readonly PolicyMode[] {
  if (call === 'mem_setbinding' || call === 'membind') return ['bind'];
  return call === 'shmbind' ? ['bind', 'interleave'] : ALL_MODES;
}

/** The least that a kernel has to have for a call with a mode. */
export function bindingFor(call: BindingCall, modes: readonly PolicyMode[]): Binding {
  if (call === 'mbind' || call === 'set_mempolicy') {
    if (modes.includes('weighted-interleave')) return 'weighted-interleave';
    return modes.includes('preferred-many') ? 'preferred-many' : 'mempolicy';
  }
  return call;
}

/** True where a kernel with `binding` has the call, with those modes. */
export function hasCall(binding: Binding, call: BindingCall, modes: readonly PolicyMode[]): boolean {
  if (call === 'none') return true;
  const needed = bindingFor(call, modes);
  const [has, needs] = [NUMA_API.indexOf(binding), NUMA_API.indexOf(needed)];
  return needs < 0 ? binding === needed : has >= needs;
}
