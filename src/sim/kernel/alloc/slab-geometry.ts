/**
 * How a slab is laid out: kmem_cache_create() and kmem_cache_estimate() of 2.6.0 mm/slab.c. Objects of an eighth of a page
 * or more keep their descriptor outside, unless the waste has room for it; slabs grow by orders until an eighth at most is
 * wasted or the order is 2. What is left over staggers the objects of successive slabs by a line (colour).
 *
 * 32-bit structures for every flavour: struct slab 24 bytes and 4 bytes of bufctl an object (2 from 2.6.5 on).
 */
const WORD_BYTES = 4;
/** struct slab, and what it keeps for each object behind itself. */
export const SLAB_BYTES = 24;
export const BUFCTL_BYTES = 4;
/** slab_break_gfp_order of a machine with more than 32 MiB, and MAX_GFP_ORDER. */
const BREAK_ORDER = 2;
const MOST_ORDER = 5;

export interface SlabGeometry {
  readonly objectBytes: number;
  /** Page clusters of a slab: 2^order. */
  readonly order: number;
  /** Objects of a slab. */
  readonly objects: number;
  /** The descriptor and its bufctls, rounded to lines. */
  readonly descriptorBytes: number;
  readonly offSlab: boolean;
  readonly colourBytes: number;
  /** How many colours there are; 1 where nothing is left over. */
  readonly colours: number;
}

export interface SlabRequest {
  readonly bytes: number;
  /** SLAB_HWCACHE_ALIGN: the line; 0 for words. */
  readonly align: number;
  /** Bytes of a page cluster, and of an L1 line. */
  readonly pageBytes: number;
  readonly lineBytes: number;
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

function estimate(
  order: number,
  bytes: number,
  offSlab: boolean,
  request: SlabRequest,
): { objects: number; left: number } {
  const room = request.pageBytes * 2 ** order;
  const head = (objects: number): number => {
    return offSlab ? 0 : roundUp(SLAB_BYTES + objects * BUFCTL_BYTES, request.lineBytes);
  };
  let objects = Math.floor(room / bytes);
  while (objects > 0 && objects * bytes + head(objects) > room) objects--;
  return { objects, left: room - objects * bytes - head(objects) };
}

/** The layout of a cache's slabs. Objects are larger than nothing and smaller than 2^MOST_ORDER pages. */
export function slabGeometry(request: SlabRequest): SlabGeometry {
  const { pageBytes, lineBytes } = request;
  let align = Math.max(WORD_BYTES, request.align);
  let bytes = roundUp(request.bytes, WORD_BYTES);
  // Several small objects share a line.
  while (align > WORD_BYTES && bytes <= align / 2) align /= 2;
  bytes = roundUp(bytes, align);
  let offSlab = bytes >= pageBytes / 8;
  let order = 0;
  let { objects, left } = estimate(order, bytes, offSlab, request);
  while (order < MOST_ORDER && (objects === 0 || (order < BREAK_ORDER && left * 8 > pageBytes * 2 ** order))) {
    order++;
    ({ objects, left } = estimate(order, bytes, offSlab, request));
  }
  const descriptorBytes = roundUp(SLAB_BYTES + objects * BUFCTL_BYTES, lineBytes);
  if (offSlab && left >= descriptorBytes) {
    offSlab = false;
    left -= descriptorBytes;
  }
  const colourBytes = Math.max(align, lineBytes);
  return {
    objectBytes: bytes,
    order,
    objects,
    descriptorBytes,
    offSlab,
    colourBytes,
    colours: Math.max(1, Math.floor(left / colourBytes)),
  };
}

/** enable_cpucache(): objects that a CPU keeps at most. */
export function cpuLimit(objectBytes: number, pageBytes: number): number {
  if (objectBytes > 131072) return 1;
  if (objectBytes > pageBytes) return 8;
  if (objectBytes > 1024) return 24;
  return objectBytes > 256 ? 54 : 120;
}
