/**
 * Where struct zone lies, and what hangs on it: zone.lock with free_pages and the marks in its first line, the heads of the
 * free lists, the per-CPU sets, the bitmaps of buddy pairs. Source: struct zone and free_area_init_core() of 2.6.0.
 *
 * struct zone is part of pgdat, which a remapped node keeps in its own memory (in front of its mem_map; here in the last
 * frames of the same window, the mem_map's padding), and the sets are part of struct zone. Everything else is static data
 * of the boot node, the bitmaps included: bootmem had no other. Kernels with one lock and no sets use the same layout.
 */
import { after, asPfn, FRAME_BYTES, type KAddr, kaddr } from '../../base/units.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';

/** Bytes of struct zone ahead of its per-CPU sets: lock and marks, lru_lock, free_area[], each on lines of its own. */
const ZONE_BYTES = 512;
const FREE_AREA_OFFSET = 128;
/** struct free_area: a list head and a bitmap's address. */
const FREE_AREA_BYTES = 12;
/** Hot and cold list of a CPU, on lines of their own whatever the line. */
const SETS_BYTES = 128;
/** Bitmaps are claimed by the piece as they are touched. */
const PIECE_SHIFT = 12;

type Parts = Pick<KernelParts, 'layout' | 'frames' | 'data' | 'allZones'>;

export class ZoneData {
  /** struct zone by zone number, plus 1. */
  private readonly places: Int32Array;
  /** Bitmap pieces by zone number, plus 1 each. */
  private readonly bitmaps: (Int32Array | undefined)[];

  constructor(private readonly parts: Parts) {
    this.places = new Int32Array(parts.allZones.length);
    this.bitmaps = new Array<Int32Array | undefined>(parts.allZones.length).fill(undefined);
  }

  /** struct zone: its lock, free_pages and marks. */
  of(zone: Zone): KAddr {
    const known = this.places[zone.number];
    if (known !== 0) return (known - 1) as KAddr;
    const at = this.inWindow(zone, 0) ?? this.parts.data.claim(ZONE_BYTES);
    this.places[zone.number] = at + 1;
    return at;
  }

  /** Head of the free list of an order. */
  freeArea(zone: Zone, order: number): KAddr {
    return after(this.of(zone), FREE_AREA_OFFSET + order * FREE_AREA_BYTES);
  }

  /** The per-CPU sets of a CPU. Asked for once for each. */
  sets(zone: Zone, cpu: number): KAddr {
    return this.inWindow(zone, ZONE_BYTES + cpu * SETS_BYTES) ?? this.parts.data.claim(SETS_BYTES);
  }

  /** The bit of the pair that a block is of. */
  pairBit(zone: Zone, order: number, block: number): KAddr {
    // Order o's map is half as long as that of o - 1; they lie one behind the other.
    const byte = (zone.clusters >> 3) - (zone.clusters >> (3 + order)) + (block >> (order + 4));
    let pieces = this.bitmaps[zone.number];
    if (pieces === undefined) {
      pieces = new Int32Array((zone.clusters >> (3 + PIECE_SHIFT)) + 2);
      this.bitmaps[zone.number] = pieces;
    }
    const piece = byte >> PIECE_SHIFT;
    if (pieces[piece] === 0) pieces[piece] = this.parts.data.claim(1 << PIECE_SHIFT) + 1;
    return after((pieces[piece] - 1) as KAddr, byte & ((1 << PIECE_SHIFT) - 1));
  }

  /** `offset` bytes into struct zone where the node keeps it in its own window. */
  private inWindow(zone: Zone, offset: number): KAddr | undefined {
    const node = this.parts.layout.nodes[zone.place];
    if (node.kvaPages === 0) return undefined;
    const bytes =
      ZONE_BYTES +
      Math.max(
        1,
        this.parts.layout.nodes.reduce((sum, { cpus }) => sum + cpus, 0),
      ) *
        SETS_BYTES;
    const each = Math.ceil(bytes / FRAME_BYTES);
    const frame = node.endPfn - each * (node.zones.indexOf(zone.layout) + 1) + Math.floor(offset / FRAME_BYTES);
    if (frame < node.endPfn - node.kvaPages) return undefined;
    return after(kaddr(this.parts.frames.slotOf(zone.place, asPfn(frame)), 0), offset % FRAME_BYTES);
  }
}
