/** Notes of a machine from Markdown to a fragment that is safe to show: a profile may come from anybody. */
import DOMPurify from 'dompurify';
import { marked } from 'marked';

/** Sanitised nodes: no scripts, styles, forms, pictures or frames; links are shown as text with their address. */
export function renderMarkdown(markdown: string): DocumentFragment {
  const html = marked.parse(markdown, { async: false, gfm: true });
  const clean = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: [
      'h1',
      'h2',
      'h3',
      'h4',
      'p',
      'ul',
      'ol',
      'li',
      'strong',
      'em',
      'code',
      'pre',
      'blockquote',
      'hr',
      'br',
      'del',
      'table',
      'thead',
      'tbody',
      'tr',
      'th',
      'td',
      'a',
    ],
    ALLOWED_ATTR: ['href', 'align', 'start'],
  });
  const holder = document.createElement('template');
  holder.innerHTML = clean;
  for (const link of holder.content.querySelectorAll('a')) {
    // The window never navigates: an address is there to be read and copied.
    const address = link.getAttribute('href') ?? '';
    const text = document.createElement('span');
    text.textContent =
      link.textContent === address || address === '' ? link.textContent : `${link.textContent} (${address})`;
    link.replaceWith(text);
  }
  return holder.content;
}
