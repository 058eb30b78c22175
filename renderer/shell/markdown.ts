/** Notes of a machine from Markdown to a fragment that is safe to show: a profile may come from anybody. */
import DOMPurify from 'dompurify';
import { Marked } from 'marked';

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** HTML in notes is shown as it was typed, and a picture by its words: DOMPurify below is the second guard, not the first. */
const markdown = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escape(text),
    image: ({ text }) => escape(text),
  },
});

/** Sanitised nodes: no scripts, styles, forms, pictures or frames; links are shown as text with their address. */
export function renderMarkdown(text: string): DocumentFragment {
  const html = markdown.parse(text, { async: false });
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
    const words = document.createElement('span');
    words.textContent =
      link.textContent === address || address === '' ? link.textContent : `${link.textContent} (${address})`;
    link.replaceWith(words);
  }
  return holder.content;
}
