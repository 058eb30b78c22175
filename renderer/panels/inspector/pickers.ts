/** What a select offers: the schema's choices, a registry's entries, or a small range in words. */
import type { FlavourSummary } from '../../../src/lab/contract.ts';
import { choicesOf, controlOf, type SchemaNode } from './schema.ts';

interface PickerChoice {
  readonly value: string | number | boolean;
  readonly label: string;
}

/** Number and text fields that are chosen from a list instead of typed. */
export function isPicker(path: string): boolean {
  return path === 'kernel.flavour' || path === 'kernel.pageMmuShift';
}

/** The choices of the field at `path`; the value in force is always among them. */
export function pickerChoices(
  path: string,
  node: SchemaNode,
  flavours: readonly FlavourSummary[],
  value: unknown,
): PickerChoice[] {
  const choices = listed(path, node, flavours);
  const there = choices.some((choice) => choice.value === value);
  const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return there || !known ? choices : [...choices, { value, label: String(value) }];
}

function listed(path: string, node: SchemaNode, flavours: readonly FlavourSummary[]): PickerChoice[] {
  if (path === 'kernel.flavour') return flavours.map(({ id, title }) => ({ value: id, label: title }));
  if (path === 'kernel.pageMmuShift') {
    const shifts = Array.from({ length: (node.maximum ?? 6) + 1 }, (_, shift) => shift);
    return shifts.map((shift) => ({ value: shift, label: `${shift}: ${4 << shift} KiB` }));
  }
  if (controlOf(node) === 'switch') {
    return [
      { value: true, label: 'on' },
      { value: false, label: 'off' },
    ];
  }
  return choicesOf(node);
}
