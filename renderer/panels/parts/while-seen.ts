/** What `make` gives, for `$derived.by`; while nobody sees it, what it gave last: then nothing is made anew for it. */
export function whileSeen<T>(seen: () => boolean, make: () => T): () => T {
  let last: { readonly made: T } | undefined;
  return () => {
    if (seen() || last === undefined) last = { made: make() };
    return last.made;
  };
}
