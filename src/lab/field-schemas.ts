/** Schemas of what many parameters of the contract are made of. */
import { z } from 'zod';

/** Names a file of this lab to a window, in place of its path. */
export const handle = z.string().min(1).max(200);
/** Of a file, as a person reads it. */
export const name = z.string().min(1).max(300);
export const runId = z.string().min(1).max(100);
/** Content of a file. */
export const text = z.string().max(64 * 1024 * 1024);
