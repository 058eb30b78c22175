/**
 * The name under which the lab keeps what this window has on its table. It lives as long as the window: a page that is
 * loaded again finds it in its session storage. A tab that a browser made a copy of finds it there too; a lock, which
 * the original holds as long as it is open, tells them apart.
 */
const KEY = 'numaq-lab.window';
/** A page that is loaded again waits for the one before to let go. */
const LOCK_MS = 500;

/** This window's name. */
export async function windowId(): Promise<string> {
  const stored = read();
  const id = stored !== null && (await hold(stored)) ? stored : crypto.randomUUID();
  if (id !== stored) await hold(id);
  try {
    sessionStorage.setItem(KEY, id);
  } catch {
    // Storage is forbidden: after a reload the page is a new window.
  }
  return id;
}

function read(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Takes the lock of a name for as long as the page is there; false where another page has it. */
function hold(id: string): Promise<boolean> {
  const locks = (navigator as { readonly locks?: LockManager | null }).locks;
  if (locks === undefined || locks === null) return Promise.resolve(true);
  return new Promise((resolve) => {
    const taken = locks.request(`${KEY}.${id}`, { signal: AbortSignal.timeout(LOCK_MS) }, () => {
      resolve(true);
      return new Promise<never>(() => undefined);
    });
    taken.catch(() => resolve(false));
  });
}
