/**
 * /proc/sys/vm: the knobs of the moment and their changes as events of the run. min_free_kbytes computes the marks of live
 * zones anew, by the rule that boot used (boot/watermarks.ts). Source: kernel/sysctl.c, mm/page_alloc.c
 * (min_free_kbytes_sysctl_handler, lower_zone_protection of 2.6.0).
 *
 * Deviations: marks that a profile sets by hand stay; a 2.4 kernel, which has no such knob, shares a min_free_kbytes that is
 * written to it out as 2.6 does, and shows -1 until then.
 */
import { FRAME_BYTES, KIB } from '../../base/units.ts';
import { isNodeBlind } from '../boot/plan.ts';
import { isqrt, watermarksOf } from '../boot/watermarks.ts';
import type { KernelParts } from '../parts.ts';
import type { Sysctls } from '../sysctl.ts';

/** A knob was turned. */
export interface SysctlChange {
  /** Virtual time: that of the CPU that is furthest on. */
  readonly timeNs: number;
  readonly name: keyof Sysctls;
  readonly value: number;
}

const NONE = -1;
const DEFAULT_KB_260 = 1024;

type Parts = Pick<KernelParts, 'profile' | 'traits' | 'layout' | 'machine' | 'allZones'>;

export class SysctlTable implements Sysctls {
  /** Changes since boot, in their order. */
  readonly changes: SysctlChange[] = [];
  private readonly values: Record<keyof Sysctls, number>;

  constructor(private readonly parts: Parts) {
    const { sysctl } = parts.profile.kernel;
    const { zones } = parts.profile;
    this.values = {
      swappiness: sysctl.swappiness,
      lower_zone_protection: zones.lowerZoneProtection,
      min_free_kbytes: zones.minFreeKbytes ?? this.ruleOfMinFree(),
      dirty_ratio: sysctl.dirtyRatio,
      dirty_background_ratio: sysctl.dirtyBackgroundRatio,
    };
  }

  get swappiness(): number {
    return this.values.swappiness;
  }

  set swappiness(value: number) {
    this.change('swappiness', value);
  }

  get lower_zone_protection(): number {
    return this.values.lower_zone_protection;
  }

  set lower_zone_protection(value: number) {
    this.change('lower_zone_protection', value);
  }

  get min_free_kbytes(): number {
    return this.values.min_free_kbytes;
  }

  set min_free_kbytes(value: number) {
    this.change('min_free_kbytes', value);
  }

  get dirty_ratio(): number {
    return this.values.dirty_ratio;
  }

  set dirty_ratio(value: number) {
    this.change('dirty_ratio', value);
  }

  get dirty_background_ratio(): number {
    return this.values.dirty_background_ratio;
  }

  set dirty_background_ratio(value: number) {
    this.change('dirty_background_ratio', value);
  }

  private change(name: keyof Sysctls, value: number): void {
    let timeNs = 0;
    for (const core of this.parts.machine.cores.values()) timeNs = Math.max(timeNs, core.clock);
    this.values[name] = value;
    this.changes.push({ timeNs, name, value });
    if (name === 'min_free_kbytes') this.setMarks(value);
  }

  /** setup_per_zone_pages_min(). */
  private setMarks(minFreeKbytes: number): void {
    const { allZones, traits } = this.parts;
    const marks = watermarksOf(this.sizes(), {
      rule: traits.watermarks,
      clusterKb: (this.parts.layout.clusterFrames * FRAME_BYTES) / KIB,
      kernelNodes: this.kernelNodes,
      minFreeKbytes,
    });
    const old = traits.watermarks === '2.4.22' || traits.watermarks === 'rhel3';
    for (const [i, zone] of allZones.entries()) {
      // In 2.4 high memory keeps its own rule, which the command line may have changed (memfrac=).
      const keeps = zone.layout.watermarksSet || (old && zone.layout.name === 'HighMem');
      if (!keeps) zone.marks = marks[i];
    }
  }

  /** Zones as large as the kernel counts them: 64-bit kernels leave out holes (ZoneSpan.counted). */
  private sizes(): { node: number; name: 'DMA' | 'Normal' | 'HighMem'; clusters: number }[] {
    const { profile, layout, allZones } = this.parts;
    return allZones.map(({ place, layout: zone }) => {
      const frames = profile.machine.bits === 64 ? zone.present : zone.pages;
      return { node: place, name: zone.name, clusters: Math.floor(frames / layout.clusterFrames) };
    });
  }

  private get kernelNodes(): number {
    const { traits, layout } = this.parts;
    return isNodeBlind(traits) ? 1 : layout.nodes.length;
  }

  /** 1,024 kB in 2.6.0; the square root of 16 x low memory in kB in 2.6.11 (init_per_zone_pages_min()). */
  private ruleOfMinFree(): number {
    const { traits, layout } = this.parts;
    if (traits.watermarks === '2.6.0') return DEFAULT_KB_260;
    if (traits.watermarks !== '2.6.11') return NONE;
    const low = this.sizes().reduce((sum, { name, clusters }) => (name === 'HighMem' ? sum : sum + clusters), 0);
    const kb = this.kernelNodes * low * ((layout.clusterFrames * FRAME_BYTES) / KIB);
    return Math.max(128, Math.min(65536, isqrt(kb * 16)));
  }
}
