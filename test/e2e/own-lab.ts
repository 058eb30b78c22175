/** A lab for each test of a spec, on data of its own: it can be killed and opened again where it was. */
import { afterEach, beforeEach } from 'vitest';
import { type Driver, openDoor } from './driver.ts';
import { type Scratch, scratch } from './fixtures.ts';

export interface OwnLab {
  readonly driver: Driver;
  /** All that the lab keeps of unsaved changes now, as text. */
  unsaved(): string;
  /** Kills the lab (SIGKILL) and starts it again with the same data. */
  killAndOpen(): Promise<void>;
}

/** To be called once, at the top of a spec. */
export function labForEachTest(): OwnLab {
  let driver: Driver;
  let data: Scratch;
  const open = async (): Promise<void> => {
    driver = await openDoor({ data: data.folder });
  };
  beforeEach(async () => {
    data = scratch();
    await open();
  });
  afterEach(async () => {
    await driver.close();
    data.remove();
  });
  return {
    get driver() {
      return driver;
    },
    unsaved: () => data.unsaved(),
    killAndOpen: async () => {
      await driver.kill();
      await open();
    },
  };
}
