/** A schema of whole numbers within bounds. */
import { z } from 'zod';

export const whole = (min: number, max: number): z.ZodNumber => z.number().int().min(min).max(max);
