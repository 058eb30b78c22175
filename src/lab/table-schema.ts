/** Tables of numbers in run files. */
import { z } from 'zod';

export const tableSchema = z
  .strictObject({ columns: z.array(z.string()), rows: z.array(z.array(z.number())) })
  .refine((table) => table.rows.every((row) => row.length === table.columns.length), 'rows as long as the columns');
