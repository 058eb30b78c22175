/** Draws build/icons/icon.svg as PNGs of every size that the packagers ask for: `node build/icons.mjs`, after a change of the drawing. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from './browser.mjs';
import { root } from './parts.mjs';

const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

const folder = join(root, 'build/icons');
const drawing = readFileSync(join(folder, 'icon.svg'), 'utf8');
const browser = await launchBrowser();
for (const size of SIZES) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${drawing}`,
  );
  await page.screenshot({ path: join(folder, `${size}x${size}.png`), omitBackground: true });
  await page.close();
}
await browser.close();
copyFileSync(join(folder, 'icon.svg'), join(root, 'renderer/public/icon.svg'));
// Of the window, on systems where it does not come from the package.
copyFileSync(join(folder, '256x256.png'), join(root, 'renderer/public/icon.png'));
