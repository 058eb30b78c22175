/** A whole number as messages, formulas and notes write it: 2097152 as `2,097,152`. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
