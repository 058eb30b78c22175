export function installedElectron(): string | undefined;
export function fetchElectron(): Promise<string>;
