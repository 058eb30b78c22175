/**
 * membind(): the segment behind a mapping on the nodes of a set of CPUs; M. Dobson's patch for 2.5.66, April 2003. The
 * zonelist lies in the address_space, so every process that maps the segment obeys; nodes stand in it by ascending id, each
 * with its zones from the highest down, so that the lowest node fills first. Pages that are there stay, pages that come back
 * from swap know nothing of it.
 *
 * Its quirks are kept: length and policy are not looked at, mmap_sem is not taken, nor whether the address lies in the vma
 * that find_vma() returns. Left out: the zonelist as an object of its own, which a second call and the inode's end leak.
 */
import type { KernelCpu } from '../cpu.ts';
import type { VmaList } from '../mm/vma-list.ts';
import type { KernelParts } from '../parts.ts';
import type { Task } from '../task.ts';
import type { CallResult } from './mempolicy.ts';
import { ascending } from './node-sets.ts';

/** NR_CPUS of an i386 kernel; more where the machine has more. */
const NR_CPUS = 32;

export class Membind {
  constructor(
    private readonly parts: KernelParts,
    private readonly vmas: VmaList,
  ) {}

  /** EINVAL: more bits than NR_CPUS, or nothing of a segment there. EFAULT: no CPU of the mask has a node with memory. */
  bind(on: KernelCpu, task: Task, vpn: number, cpus: readonly number[]): CallResult {
    const { layout, zones, machine, profile } = this.parts;
    const count = profile.machine.nodes.reduce((sum, node) => sum + node.cpus, 0);
    const bits = cpus.reduce((most, cpu) => Math.max(most, cpu + 1), 0);
    if (bits > Math.max(NR_CPUS, count)) return 'EINVAL';
    const file = task.mm === undefined ? undefined : this.vmas.find(on, task.mm, vpn)?.file;
    if (file?.kind !== 'shm') return 'EINVAL';
    const places = cpus.filter((cpu) => cpu < count).map((cpu) => machine.placeOf(cpu));
    const populated = places.filter((place) => zones[place].some((zone) => zone.layout.present > 0));
    if (populated.length === 0) return 'EFAULT';
    on.write(file.at);
    file.policy = { kind: 'membind', nodes: ascending(populated.map((place) => layout.nodes[place].id)) };
    return 0;
  }
}
