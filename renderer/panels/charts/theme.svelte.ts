/** The theme's name as the root carries it, for what paints on a canvas and cannot use the tokens by itself. */
import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
});

/** `dark`, `light` or empty; reading it follows the changes. */
export function themeName(): string {
  subscribe();
  return document.documentElement.dataset['theme'] ?? '';
}
