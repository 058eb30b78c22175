/** True on a Mac, where Cmd does what Ctrl does elsewhere. */
export const isMac: boolean = /mac/i.test(navigator.platform);
