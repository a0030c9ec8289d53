import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { openQueries, type Queries } from '#read-models';
import { quantilesOf } from '../latencies.js';
import { fillBare, fillTrail, seededPick } from './made-up-trail.js';
import { type BareQuestion, type Question, questions } from './questions.js';

/** Milliseconds of the newest 50. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
}

export interface QuestionResult extends Latency {
  readonly name: string;
  readonly aim: number;
  /** The same question put to a table that was made for it by hand, in the process that asks. */
  readonly bare: Latency;
}

export interface SearchResult {
  readonly rows: number;
  readonly samples: number;
  readonly questions: readonly QuestionResult[];
}

const NEWEST = 50;
/** Before anything is measured: both sides have their statements prepared and their pages at hand. */
const WARM_UP = 5;

/** The newest 50 of a trail of so many rows, by every single filter and some together, through the reader thread. */
export async function benchSearch(directory: string, rows: number, samples: number): Promise<SearchResult> {
  const file = join(directory, 'read-models.db');
  await fillTrail(file, rows);
  const bare = fillBare(join(directory, 'bare.db'), file);
  const queries = openQueries({ file, threads: 1 });
  try {
    const results: QuestionResult[] = [];
    for (const question of questions) results.push(await measure(question, { queries, bare, rows, samples }));
    return { rows, samples, questions: results };
  } finally {
    await queries.close();
    bare.close();
  }
}

interface Sides {
  readonly queries: Queries;
  readonly bare: Database.Database;
  readonly rows: number;
  readonly samples: number;
}

/** Some questions are slow by hand; after so many milliseconds of one it is known how slow. */
const BARE_MS = 3_000;

/** Turn and turn about, so that both sides see the same machine. */
async function measure(question: Question, { queries, bare, rows, samples }: Sides): Promise<QuestionResult> {
  const pick = seededPick(4_711);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let sample = -WARM_UP; sample < samples; sample += 1) {
    const [filter, by] = question.draw(pick, rows);
    const began = performance.now();
    await queries.searchTrail(filter, { limit: NEWEST });
    const between = performance.now();
    const asksBare = theirs.reduce((sum, ms) => sum + ms, 0) < BARE_MS;
    if (asksBare) askBare(bare, by);
    const ended = performance.now();
    if (sample < 0) continue;
    ours.push(between - began);
    if (asksBare) theirs.push(ended - between);
  }
  const { name, aim } = question;
  return { name, aim, ...latencyOf(ours), bare: latencyOf(theirs) };
}

const askBare = (bare: Database.Database, { where, parameters }: BareQuestion): unknown[] =>
  bare
    .prepare(`SELECT * FROM bare WHERE ${where} ORDER BY position DESC LIMIT ${NEWEST + 1}`)
    .all(...parameters);

function latencyOf(latencies: readonly number[]): Latency {
  const at = quantilesOf(latencies);
  return { p50: at(0.5), p95: at(0.95) };
}
