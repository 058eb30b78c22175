/**
 * Zonelists with their zones in hand: boot's lists name zones (boot/zonelists.ts), requests walk them. Where a type has
 * several zones, each CPU goes round them from a place of its own (zone-ring.ts).
 */
import { invariant } from '../../base/errors.ts';
import { asNodeId } from '../../base/units.ts';
import type { Zonelist } from '../boot/layout.ts';
import { zonelistsOf } from '../boot/zonelists.ts';
import type { ReadyZonelist } from '../page-alloc.ts';
import type { KernelParts } from '../parts.ts';
import { CLASS_INDEX } from '../policy/zone-class.ts';
import { ringFor } from '../zone-ring.ts';
import type { GfpZone } from './gfp.ts';

const CLASS_NUMBER: Readonly<Record<GfpZone, number>> = { GFP_HIGHUSER: 0, GFP_KERNEL: 1, GFP_DMA: 2 };
const CLASSES = 3;

type Parts = Pick<KernelParts, 'profile' | 'traits' | 'layout' | 'zones'>;

export class ReadyLists {
  /** By (place x rings + CPU) x classes + class. */
  private readonly lists: (ReadyZonelist | undefined)[] = [];
  /** 1 where every CPU goes through a list in the same order. */
  private readonly rings: number;

  constructor(private readonly parts: Parts) {
    const { dma, normal, highmem } = parts.profile.zones.zonesPerType;
    const cpus = parts.layout.nodes.reduce((sum, node) => sum + node.cpus, 0);
    this.rings = Math.max(dma, normal, highmem) === 1 ? 1 : Math.max(1, cpus);
  }

  /** The list of a class for the node at `place`, as a CPU goes through it. */
  of(gfp: GfpZone, place: number, cpu: number): ReadyZonelist {
    const key = (place * this.rings + (this.rings === 1 ? 0 : cpu)) * CLASSES + CLASS_NUMBER[gfp];
    return this.lists[key] ?? this.make(key, gfp, place, cpu);
  }

  private make(key: number, gfp: GfpZone, place: number, cpu: number): ReadyZonelist {
    const { profile, traits, layout } = this.parts;
    const node = asNodeId(layout.nodes[place].id);
    const list = zonelistsOf(profile, traits, layout, node).find((each) => each.gfp === gfp);
    const zones = (list?.zones ?? []).map((ref) => this.zoneOf(ref));
    // The class of a request is that of its list's first zone, whatever was asked for (classzone of __alloc_pages).
    const ready = { zones: ringFor(cpu, zones), classIndex: CLASS_INDEX[zones[0]?.layout.name ?? 'DMA'] };
    this.lists[key] = ready;
    return ready;
  }

  private zoneOf(ref: Zonelist['zones'][number]): ReadyZonelist['zones'][number] {
    const { layout, zones } = this.parts;
    const place = layout.nodes.findIndex(({ id }) => id === ref.node);
    const zone = zones[place].find((each) => each.layout.name === ref.zone && each.layout.index === ref.index);
    invariant(zone !== undefined, 'a zonelist names a zone that is not there', { ...ref });
    return zone;
  }
}
