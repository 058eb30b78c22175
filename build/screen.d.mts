export function startScreen(): Promise<{ readonly display: string; readonly stop: () => void }>;
export function hasScreen(): boolean;
