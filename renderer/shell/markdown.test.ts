import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './markdown.ts';

describe('notes', () => {
  const html = (markdown: string): string => {
    const holder = document.createElement('div');
    holder.append(renderMarkdown(markdown));
    return holder.innerHTML;
  };

  it('shows Markdown', () => {
    expect(html('**8 quads**, `PAE`')).toContain('<strong>8 quads</strong>, <code>PAE</code>');
  });

  it('shows nothing that runs, loads or leads away', () => {
    const holder = document.createElement('div');
    const notes =
      '<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> a <b onclick="x()">b</b> ![p](http://x/p.png) [here](javascript:alert(1)) [there](https://example.org)';
    holder.append(renderMarkdown(notes));
    expect(holder.querySelectorAll('script, img, a, iframe, [onclick], [onerror], [style]')).toHaveLength(0);
    expect(holder.textContent).toContain('<img src=x onerror=alert(1)> a <b');
    expect(holder.textContent).toContain('there (https://example.org)');
  });
});
