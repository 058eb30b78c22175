/** Labs for tests of the services: with a worker bundled for the file, and dialogs that are dismissed unless told otherwise. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Dialogs, Lab } from '../../../src/lab/door.ts';
import { createLab } from '../../../src/lab/lab.ts';
import { bundle } from '../bundle.ts';
import { emptyFolder } from './folders.ts';

const dismissed: Dialogs = {
  openMachine: async () => null,
  saveMachine: async () => null,
  openTrace: async () => null,
  openScript: async () => null,
  openRun: async () => null,
  saveRun: async () => null,
  saveFile: async () => null,
};

export interface Labs {
  /** The bundled worker; there from the first test on. */
  readonly workerPath: string;
  /** A lab that is closed after the test. */
  newLab(dialogs?: Partial<Dialogs>, dataDir?: string): Lab;
}

/** To be called once, at the top of a test file. */
export function labsOfThisFile(): Labs {
  const folder = mkdtempSync(join(tmpdir(), 'numaq-worker-'));
  let workerPath = '';
  beforeAll(async () => {
    workerPath = await bundle('src/lab/run.worker.ts', folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get workerPath() {
      return workerPath;
    },
    newLab(dialogs = {}, dataDir = emptyFolder()) {
      const lab = createLab({ dataDir, workerPath, dialogs: { ...dismissed, ...dialogs } });
      onTestFinished(() => lab.close());
      return lab;
    },
  };
}
