/** The design of a segment that a command is about: a file, or one of the library by its id. */
import { statSync } from 'node:fs';
import { builtInSegment, segmentOf } from '../lab/segments.ts';
import { readTextFile } from '../lab/text-file.ts';
import { builtInSegments, type SegmentDesign } from '../sim/index.ts';

/** A file of that name comes before a design with that id. Rejects with an InputError that names the place of each mistake. */
export async function readSegment(argument: string): Promise<SegmentDesign> {
  const isFile = statSync(argument, { throwIfNoEntry: false })?.isFile() ?? false;
  const isPath = /[\\/]|\.json$/.test(argument);
  const known = builtInSegments().some(({ id }) => id === argument);
  if (isFile || (isPath && !known)) return segmentOf(await readTextFile(argument), argument);
  return builtInSegment(argument);
}
