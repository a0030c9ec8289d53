/**
 * The schema of `ledger.sqlite`, numbered from 1 and append-only: a published migration is never edited. The number of
 * those applied is SQLite's `user_version`.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE checkpoint (
     id            INTEGER PRIMARY KEY CHECK (id = 1),
     origin        TEXT    NOT NULL,
     size          INTEGER NOT NULL,
     -- The size before the last append: tells a restart which partial tiles that append outgrew.
     previous_size INTEGER NOT NULL,
     root          BLOB    NOT NULL,
     -- The roots of the complete subtrees, 32 bytes each, the largest subtree first.
     frontier      BLOB    NOT NULL,
     note          TEXT    NOT NULL,
     position      TEXT,
     event_id      TEXT,
     fence         INTEGER NOT NULL,
     created_at    TEXT    NOT NULL
   ) STRICT;
   CREATE TABLE leaves (
     leaf_index INTEGER PRIMARY KEY,
     event_id   TEXT NOT NULL UNIQUE,
     position   TEXT NOT NULL
   ) STRICT;`,
];
