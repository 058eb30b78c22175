/** Blocks of records (two words each, workloads/trace.ts) on their way into the cores' hot loop, in one array for all. */
import { Arena } from '../base/arena.ts';
import { RECORD_WORDS } from '../workloads/trace.ts';

const arena = new Arena(2 ** 25);
/** Records of all blocks; record r is at r * RECORD_WORDS. */
export const allRecords = arena.data;

/** A block of records: where it begins, counted in records, and a view to write it by. */
export interface RecordBlock {
  readonly first: number;
  readonly view: Uint32Array;
}

/** Claims a block for `owner`, as long as that lives. */
export function claimBlock(records: number, owner: object): RecordBlock {
  const at = arena.claim(records * RECORD_WORDS, 0, owner);
  return { first: at / RECORD_WORDS, view: new Uint32Array(allRecords.buffer, at * 4, records * RECORD_WORDS) };
}
