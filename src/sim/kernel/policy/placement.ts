/**
 * Which zonelist a page of user memory is asked from: the one question that the rest of mm/ has for policies. The first
 * that has an answer decides: the binding of a segment (shmbind, membind) or of a task (mem_setbinding); the policy of a
 * range of a segment, or of a mapping of private memory (mbind); that of the task (set_mempolicy); that of the whole run
 * (kernel.placement, as numactl would start every program); the local node. Source: get_vma_policy(), alloc_page_vma() and
 * alloc_pages_current() of mm/mempolicy.c, shmem_alloc_page() of mm/shmem.c, 2.6.11; M. Dobson's patches.
 *
 * As there, a mapping of a segment asks the segment alone, and pages of files know the task's policy only, in turn instead of
 * by offset. Offsets count page clusters from the start of the segment, or of the address space where memory is private
 * (there vm_pgoff is the address, do_mmap_pgoff()). Page tables and other kernel memory obey no policy. Deviation: on a
 * machine without highmem those kernels have no lower zone to exempt, and kernel memory obeys the task's policy too; and mem_setbinding's
 * walk was that of all requests.
 */
import type { KernelCpu } from '../cpu.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import type { Vma } from '../mm/vma.ts';
import type { ReadyZonelist } from '../page-alloc.ts';
import type { KernelParts } from '../parts.ts';
import { KeptLists } from './kept-lists.ts';
import { setbindingOrder } from './mem-setbinding.ts';
import type { MemPolicy, SpacePolicy, TaskBinding } from './mempolicy.ts';
import { PolicyLists } from './policy-lists.ts';
import { sharedPolicyAt } from './shared-policy.ts';
import { shmbindOrder } from './shmbind.ts';
import { readyList, zonesDown } from './zone-class.ts';

type Parts = Pick<KernelParts, 'profile' | 'traits' | 'layout' | 'zones' | 'pages' | 'tables'>;
type SegmentBinding = Exclude<SpacePolicy, { readonly kind: 'mbind' }>;

export class Placement {
  readonly lists: PolicyLists;
  /** The whole run's; undefined is first touch. */
  private readonly ofRun: MemPolicy | undefined;
  private readonly kept = new KeptLists();
  /** Places of what segments are bound to. */
  private readonly bound = new WeakMap<SegmentBinding, readonly number[]>();
  private readonly places: ReadonlyMap<number, number>;
  /** Places of all nodes by ascending id: pgdat_list. */
  private readonly inOrder: readonly number[];
  private readonly hasNumaApi: boolean;

  constructor(private readonly parts: Parts) {
    const { profile, traits, layout, zones, pages } = parts;
    this.places = new Map(layout.nodes.map((node, place) => [node.id, place]));
    this.inOrder = [...this.places].sort(([a], [b]) => a - b).map(([, place]) => place);
    this.hasNumaApi = hasNumaApi(traits.binding);
    this.lists = new PolicyLists(
      zones,
      (node) => this.placeOf(node),
      (place, cpu) => pages.listOf('GFP_HIGHUSER', place, cpu),
      profile.kernel.interleaveWeights,
    );
    this.ofRun = policyOfRun(profile.kernel.placement);
  }

  /** For a page that a mapping alone knows: anonymous memory, or a private copy. */
  forVma(on: KernelCpu, vma: Vma, vpn: number): ReadyZonelist {
    const binding = on.task?.binding;
    if (binding !== undefined) return this.ofTask(on, binding);
    const { file } = vma;
    const ofSegment = file !== undefined && file.kind !== 'file';
    const policy = ofSegment
      ? (sharedPolicyAt(on, file, vma.pgoffOf(vpn)) ?? this.ofRun)
      : (vma.policy ?? on.task?.policy ?? this.ofRun);
    return policy === undefined
      ? this.lists.local(on)
      : this.lists.at(on, policy, this.parts.tables.clusters.indexOf(vma, vpn));
  }

  /** For page `index` (clusters) of a file or a segment. */
  forSpace(on: KernelCpu, space: AddressSpace, index: number): ReadyZonelist {
    const { policy, kind } = space;
    if (policy !== undefined && policy.kind !== 'mbind') return this.ofSegment(on, policy, index);
    const { task } = on;
    if (task?.binding !== undefined) return this.ofTask(on, task.binding);
    const shared = sharedPolicyAt(on, space, index << this.parts.traits.mmuShift);
    if (shared !== undefined) return this.lists.at(on, shared, index);
    if (task?.policy !== undefined) {
      return kind === 'file' ? this.lists.inTurn(on, task.policy, task) : this.lists.at(on, task.policy, index);
    }
    return this.ofRun === undefined ? this.lists.local(on) : this.lists.at(on, this.ofRun, index);
  }

  /**
   * For private memory that comes back from swap. read_swap_cache_async() asked for a page of the local node before 2.6.7,
   * and knows the mapping since; mem_setbinding() is in the allocator, so that it holds here too.
   */
  forSwapIn(on: KernelCpu, vma: Vma, vpn: number): ReadyZonelist {
    return this.hasNumaApi || on.task?.binding !== undefined ? this.forVma(on, vma, vpn) : this.lists.local(on);
  }

  /** The same for a page of a segment: shmbind() and membind() are bypassed. */
  forSwapInOf(on: KernelCpu, space: AddressSpace, index: number): ReadyZonelist {
    const binding = on.task?.binding;
    if (binding !== undefined) return this.ofTask(on, binding);
    return this.hasNumaApi ? this.forSpace(on, space, index) : this.lists.local(on);
  }

  /**
   * Places of the nodes that a huge page for a mapping may come from, in the order in which they are tried; undefined: the
   * local one, then the others. mpol_first_node() and mpol_node_valid(): interleave goes in turn (il_next) here.
   * The pool is not the allocator, and mem_setbinding, shmbind and membind do not reach it.
   */
  forHuge(on: KernelCpu, vma: Vma, vpn: number): readonly number[] | undefined {
    const { file } = vma;
    const { task } = on;
    const shared = file === undefined ? undefined : sharedPolicyAt(on, file, vma.pgoffOf(vpn));
    const policy = shared ?? task?.policy ?? this.ofRun;
    if (policy === undefined || policy.nodes.length === 0) return undefined;
    const { mode } = policy;
    if (mode === 'bind') return this.lists.placesOf(policy);
    const inTurn = mode === 'interleave' || mode === 'weighted-interleave';
    const index = Math.floor(vma.pgoffOf(vpn) / this.parts.tables.huge.entries);
    const first =
      inTurn && task !== undefined
        ? [this.lists.next(policy, task)]
        : inTurn
          ? [this.lists.nodeAt(policy, index)]
          : this.lists.placesOf(policy);
    return [...first, ...this.inOrder.filter((place) => !first.includes(place))];
  }

  /** mem_setbinding(). */
  private ofTask(on: KernelCpu, binding: TaskBinding): ReadyZonelist {
    const known = this.kept.get(binding, on.node, on.cpu);
    if (known !== undefined) return known;
    const allowed = new Set(binding.nodes.map((node) => this.places.get(node) ?? -1));
    const asPosted = this.parts.profile.kernel.setbinding === 'as-posted';
    const order = setbindingOrder(this.inOrder, on.node, allowed, binding.strict, asPosted);
    return this.kept.keep(binding, on.node, on.cpu, this.listOver(order, on.cpu));
  }

  /** shmbind() and membind(). */
  private ofSegment(on: KernelCpu, policy: SegmentBinding, index: number): ReadyZonelist {
    const bound = this.boundTo(policy);
    const start = policy.kind === 'membind' ? 0 : policy.placement === 'stripe' ? bound[index % bound.length] : on.node;
    const known = this.kept.get(policy, start, on.cpu);
    if (known !== undefined) return known;
    const order = policy.kind === 'membind' ? bound : shmbindOrder(this.inOrder, start, bound, policy.hard);
    return this.kept.keep(policy, start, on.cpu, this.listOver(order, on.cpu));
  }

  private boundTo(policy: SegmentBinding): readonly number[] {
    const known = this.bound.get(policy);
    if (known !== undefined) return known;
    const places = policy.nodes.map((node) => this.placeOf(node));
    this.bound.set(policy, places);
    return places;
  }

  private listOver(places: readonly number[], cpu: number): ReadyZonelist {
    return readyList(zonesDown(this.parts.zones, places), cpu);
  }

  private placeOf(node: number): number {
    return this.places.get(node) ?? 0;
  }
}

/** set_mempolicy() and mbind() are there. */
export function hasNumaApi(binding: KernelParts['traits']['binding']): boolean {
  return binding === 'mempolicy' || binding === 'preferred-many' || binding === 'weighted-interleave';
}

function policyOfRun(spec: KernelParts['profile']['kernel']['placement']): MemPolicy | undefined {
  if (spec.policy === 'first-touch') return undefined;
  const nodes = spec.policy === 'preferred' ? [spec.node] : [...new Set(spec.nodes)].sort((a, b) => a - b);
  return { mode: spec.policy, nodes };
}
