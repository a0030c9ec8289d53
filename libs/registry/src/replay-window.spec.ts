import { describe, expect, it } from '@jest/globals';
import { ReplayWindow } from './replay-window.js';

const NOW = 1_775_000_000_000;
const SECOND = NOW / 1000;

describe('the replay window', () => {
  it('takes a message once', () => {
    const window = new ReplayWindow();
    expect(window.admit('a', SECOND, NOW)).toBe('fresh');
    expect(window.admit('a', SECOND, NOW)).toBe('repeated');
    expect(window.admit('b', SECOND, NOW)).toBe('fresh');
  });

  it.each([
    [-61, 'stale'],
    [-60, 'fresh'],
    [60, 'fresh'],
    [61, 'stale'],
  ])('finds a message made %d seconds from now %s', (seconds, freshness) => {
    expect(new ReplayWindow(60_000).admit('a', SECOND + seconds, NOW)).toBe(freshness);
  });

  it('forgets what would be stale anyway', () => {
    const window = new ReplayWindow(60_000);
    for (let index = 0; index < 100; index += 1) window.admit(`early-${index}`, SECOND, NOW);
    window.admit('late', SECOND + 61, NOW + 61_000);
    expect(window.size).toBe(1);
  });

  it('refuses a forgotten message even after the clock was set back', () => {
    const window = new ReplayWindow(60_000);
    window.admit('a', SECOND, NOW);
    window.admit('b', SECOND + 120, NOW + 120_000);
    expect(window.admit('a', SECOND, NOW)).toBe('stale');
  });

  it('stays bounded, and refuses rather than forgets silently', () => {
    const window = new ReplayWindow(60_000, 3);
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) window.admit(id, SECOND + index, NOW);
    expect(window.size).toBe(3);
    expect(window.admit('a', SECOND, NOW)).toBe('stale');
    expect(window.admit('unseen', SECOND, NOW)).toBe('stale');
    expect(window.admit('e', SECOND + 4, NOW)).toBe('fresh');
  });
});
