/** Version of the simulator: changes whenever the same input may give other results. A run file carries it. */
export const ENGINE_VERSION = '0.3.2';
