/** How a term opens the glossary. Where no window gives a way (a component mounted by itself), terms are plain words. */
import { getContext, setContext } from 'svelte';

type ShowTerm = (term: string) => void;
const key = Symbol('glossary');

/** Given once, by the window. */
export function provideGlossary(show: ShowTerm): void {
  setContext(key, show);
}

export function useGlossary(): ShowTerm | undefined {
  return getContext<ShowTerm | undefined>(key);
}
