/** Small settings of this window that outlive it (theme, panel sizes). A blocked or broken store only forgets. */

/** What was stored under `key`, or undefined where nothing (readable) is. */
export function readStored(key: string): unknown {
  try {
    const text = localStorage.getItem(`numaq-lab.${key}`);
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Stores a JSON value under `key`. */
export function writeStored(key: string, value: unknown): void {
  try {
    localStorage.setItem(`numaq-lab.${key}`, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the setting lasts as long as the window.
  }
}
