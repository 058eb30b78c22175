/**
 * Low memory at each position of the page-cluster slider, everything else as it is: asked of the lab a moment after the
 * last edit, one position after the other, and dropped as soon as the machine changes again.
 */
import type { Checked } from '../../../src/lab/contract.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { Settled } from '../../state/settled.ts';

export const SHIFTS: readonly number[] = [0, 1, 2, 3, 4, 5, 6];

/** What boot comes to at a position. */
export interface FrontierPoint {
  readonly boots: boolean;
  readonly lowmemMiB: number;
  /** Of the machine before an edit. */
  readonly old?: boolean;
}

export class FrontierState {
  /** By PAGE_MMUSHIFT; null while it is not known. */
  points = $state.raw<readonly (FrontierPoint | null)[]>(SHIFTS.map(() => null));
  readonly #check: (profile: unknown) => Promise<Checked>;
  readonly #settled = new Settled<MachineProfile>((profile, isOld) => this.#ask(profile, isOld));

  #followed: MachineProfile | null = null;

  constructor(check: (profile: unknown) => Promise<Checked>) {
    this.#check = check;
  }

  /** Asks anew for `profile`, unless the cluster alone is another one; figures of before are `old` until the new ones come. */
  follow(profile: MachineProfile): void {
    const before = this.#followed;
    this.#followed = profile;
    if (before !== null && differInCluster(before, profile)) return;
    this.points = this.points.map((point) => (point === null ? null : { ...point, old: true }));
    this.#settled.follow(profile);
  }

  stop(): void {
    this.#settled.stop();
  }

  async #ask(profile: MachineProfile, isOld: () => boolean): Promise<void> {
    for (const shift of SHIFTS) {
      const point = await this.#point({ ...profile, kernel: { ...profile.kernel, pageMmuShift: shift } });
      if (isOld()) return;
      this.points = this.points.map((old, at) => (at === shift ? point : old));
    }
  }

  async #point(profile: MachineProfile): Promise<FrontierPoint | null> {
    try {
      const { layout } = await this.#check(profile);
      return layout === undefined ? null : { boots: layout.boots, lowmemMiB: layout.lowmemMiB };
    } catch {
      // The lab did not answer: MachineState says so at the next edit; the slider works without these figures.
      return null;
    }
  }
}

/** True where nothing that the frontier rests on is another one. Of states of one machine: what is the same is shared. */
function differInCluster(a: MachineProfile, b: MachineProfile): boolean {
  if (a.machine !== b.machine || a.zones !== b.zones) return false;
  const plain = ({ kernel }: MachineProfile): string => JSON.stringify({ ...kernel, pageMmuShift: 0 });
  return plain(a) === plain(b);
}
