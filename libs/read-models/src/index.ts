export { trailCursor } from './cursor.js';
export * from './port.js';
export * from './case-port.js';
export * from './review-port.js';
export { ReadModelsOfOtherVersion, SCHEMA_VERSION as READ_MODELS_VERSION } from './read-model.js';
export { factsAlone, factsWhereSaid, trailFacts, type TrailFacts } from './trail-facts.js';
export { openProjections } from './sqlite/open-projections.js';
export { openQueries, type QueriesOptions } from './sqlite/open-queries.js';
export { ReadFailed } from './sqlite/reader-dialect.js';
