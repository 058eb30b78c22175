/** What a task calls its memory: names of a script, and where the kernel put what they mean. */
import { FRAME_BYTES } from '../base/units.ts';
import type { AddressSpace } from '../kernel/mm/address-space.ts';
import type { Image, ImageLayout } from '../kernel/syscalls.ts';

export interface Region {
  /** First virtual page, and bytes from its start. */
  readonly vpn: number;
  readonly bytes: number;
  /** File or segment that it shows. */
  readonly file?: AddressSpace | undefined;
}

/** The pages that bytes from a virtual address on lie in. */
export function cover(start: number, bytes: number): { readonly vpn: number; readonly pages: number } {
  const vpn = Math.floor(start / FRAME_BYTES);
  return { vpn, pages: Math.ceil((start + bytes) / FRAME_BYTES) - vpn };
}

/** The part of a program's text, or of the library that it uses most, that it has touched so far. */
interface Code {
  readonly text?: Region | undefined;
  readonly library?: Region | undefined;
}

export class Regions {
  /** What computing fetches (program-text.ts). */
  code: Code = {};
  private readonly byName = new Map<string, Region>();

  /** After exec. */
  static of(image: Image, layout: ImageLayout): Regions {
    const made = new Regions();
    made.set('text', layout.text, image.textBytes);
    made.set('data', layout.data, image.dataBytes);
    made.set('bss', layout.bss, image.bssBytes);
    made.set('stack', layout.stack, image.stackBytes);
    for (const [number, { text, data }] of layout.libraries.entries()) {
      const { textBytes, dataBytes } = image.libraries[number];
      made.set(`lib${number}`, text, textBytes);
      made.set(`lib${number}.data`, data, dataBytes);
    }
    if (image.textBytes > 0) made.code = { text: { vpn: layout.text, bytes: Math.min(image.textBytes, FRAME_BYTES) } };
    return made;
  }

  /** A child's. */
  copy(): Regions {
    const made = new Regions();
    for (const [name, region] of this.byName) made.byName.set(name, region);
    made.code = this.code;
    return made;
  }

  /** The program touches the first `bytes` of a region: where that is text, it executes it too. */
  touched(name: string, bytes: number): void {
    const { text, library } = this.code;
    if (text === undefined || !/^(text|lib\d+)$/.test(name)) return;
    const region = this.byName.get(name);
    if (region === undefined || bytes <= ((name === 'text' ? text : library)?.bytes ?? 0)) return;
    const part = { vpn: region.vpn, bytes: Math.min(bytes, region.bytes) };
    this.code = name === 'text' ? { text: part, library } : { text, library: part };
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  get(name: string): Region | undefined {
    return this.byName.get(name);
  }

  set(name: string, vpn: number, bytes: number, file?: AddressSpace): void {
    this.forget(name);
    this.byName.set(name, { vpn, bytes, file });
  }

  /** A region moves, shrinks or goes: text that it held is executed again once it is touched there. */
  private forget(name: string): void {
    const { text, library } = this.code;
    const vpn = this.byName.get(name)?.vpn;
    if (vpn === undefined) return;
    if (vpn === text?.vpn) this.code = {};
    else if (vpn === library?.vpn) this.code = { text };
  }

  /** These pages are unmapped: what is left at the region's end or start keeps its name; from a hole on it loses it. */
  cut(name: string, vpn: number, pages: number): void {
    const region = this.byName.get(name);
    if (region === undefined) return;
    this.forget(name);
    if (vpn > region.vpn) {
      this.set(name, region.vpn, (vpn - region.vpn) * FRAME_BYTES, region.file);
      return;
    }
    const left = region.bytes - (vpn + pages - region.vpn) * FRAME_BYTES;
    if (left > 0) this.set(name, vpn + pages, left, region.file);
    else this.byName.delete(name);
  }

  /**
   * The heap ended at `end` and has grown by `pages`. A name that it has already, and that ends there, means all of it;
   * where it shrinks, names beyond the new end are cut.
   */
  brk(name: string, end: number, pages: number): void {
    if (pages >= 0) {
      const before = this.byName.get(name);
      const joins = before !== undefined && before.vpn * FRAME_BYTES + before.bytes === end * FRAME_BYTES;
      const vpn = joins ? before.vpn : end;
      if (pages > 0) this.set(name, vpn, (end + pages - vpn) * FRAME_BYTES);
      return;
    }
    const now = end + pages;
    for (const [each, region] of [...this.byName]) {
      const last = region.vpn + Math.ceil(region.bytes / FRAME_BYTES);
      if (region.vpn < end && last > now && last <= end)
        this.cut(each, Math.max(now, region.vpn), last - Math.max(now, region.vpn));
    }
  }
}
