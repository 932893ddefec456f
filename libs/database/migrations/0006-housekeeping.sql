-- When a round of housekeeping last began, whichever worker did it; at most one row.
CREATE TABLE housekeeping (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  kept_at timestamptz NOT NULL
);
