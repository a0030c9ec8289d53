export { FontUnreadable } from './glyph-map.js';
export { GETA } from './printable.js';
export { openTypeface, type Typeface } from './typeface.js';
