/** One machine that is open in the window, with what belongs to it alone: its history, its selection, what is looked at of it. */
import type { RecoveredMachine } from '../../src/lab/contract.ts';
import type { Client } from '../client/client.ts';
import { LowMemoryState } from '../panels/lowmem/low-memory.svelte.ts';
import { XrayState } from '../panels/xray/xray.svelte.ts';
import type { DialogsState } from './dialogs.svelte.ts';
import type { EditName } from './edit-name.ts';
import { MachineState } from './machine.svelte.ts';
import { NodesState } from './nodes.svelte.ts';
import type { NoticeState } from './notice.svelte.ts';
import { SelectionState } from './selection.svelte.ts';

/** What every tab of a window works with. */
export interface TabParts {
  readonly client: Pick<Client, 'check' | 'lowMemory' | 'xray' | 'xrayRun' | 'xraySeen'>;
  readonly nameOf?: EditName;
  readonly dialogs: DialogsState;
  readonly notice: NoticeState;
}

export class Tab {
  /** Names it to the lab; the same after the page was loaded again. */
  readonly id: string;
  readonly machine: MachineState;
  readonly selection = new SelectionState();
  readonly nodes: NodesState;
  /** Which item of low memory is explained, where boot fails, every split. */
  readonly lowMemory: LowMemoryState;
  /** The request for pages that is laid open. */
  readonly xray: XrayState;
  /** Unsaved changes that were put on the table again, until the person kept or discarded them. */
  recovered = $state.raw<RecoveredMachine | null>(null);

  /** No machine is in it yet. */
  readonly isBlank: boolean = $derived.by(() => this.machine.profile === null);

  constructor({ client, nameOf, dialogs, notice }: TabParts, id: string = crypto.randomUUID()) {
    this.id = id;
    this.machine = new MachineState(client, nameOf);
    this.nodes = new NodesState(this.machine, this.selection, dialogs, notice);
    this.machine.onlayout = (layout) => {
      this.selection.keepWithin(layout);
      this.nodes.forgetWithout(layout);
    };
    this.lowMemory = new LowMemoryState(client);
    this.xray = new XrayState(client);
  }

  /** What it is called: the machine's title, or the name of its file where that is empty. */
  get title(): string {
    const { profile, name } = this.machine;
    return profile === null || profile.title.trim() === '' ? name : profile.title;
  }

  /** Puts a machine in it as it was when the lab ended without saving. False where that is not valid any more. */
  recover(found: RecoveredMachine): boolean {
    if (!this.machine.recover(found)) return false;
    this.recovered = found.changed === null ? null : found;
    return true;
  }

  /** Leaves the recovered changes on the table. */
  keepRecovered(): void {
    this.recovered = null;
  }

  /** Goes back to the machine as it was opened or saved; redo still leads to the recovered changes. */
  discardRecovered(): void {
    if (this.recovered === null) return;
    this.recovered = null;
    this.machine.jump(0);
  }
}
