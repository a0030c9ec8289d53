import { playDemo } from '../demo/demo.js';

/** Plays the demo; returns 0 only if every step of the story held. */
export const demo = (options: { readonly exit?: boolean }): Promise<number> =>
  playDemo({ leaveRunning: options.exit !== true });
