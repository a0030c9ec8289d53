export { MOST_PRINTED, printProvisions, TooManyToPrint } from './provisions-document.js';
export type { PrintedProvision, ProvisionsHead } from './provisions-text.js';
