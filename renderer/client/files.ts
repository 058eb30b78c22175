/** A page's way to files: choosing one for upload, and handing one over as a download. */

/** The file that a person chooses, or null where they dismiss the dialog. `accept` as in HTML. */
export function chooseFile(accept: string): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.hidden = true;
    const answer = (file: File | null): void => {
      input.remove();
      resolve(file);
    };
    input.addEventListener('change', () => answer(input.files?.[0] ?? null), { once: true });
    // Chromium 113 and later; an older browser leaves the promise open, which costs nothing.
    input.addEventListener('cancel', () => answer(null), { once: true });
    document.body.append(input);
    input.click();
  });
}

/** Offers `content` as a download under `name`. */
export function download(name: string, content: string | Uint8Array<ArrayBuffer>, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Revoked later: the browser reads the blob after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The bytes that base64 stands for. */
export function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}
