-- Collages, what happened to them, and how far they are. JSON is kept as it was written (json, not jsonb): it is never
-- searched, and jsonb refuses some of what photos' titles hold.

CREATE TABLE collage (
  -- Sorts by the time it was asked for (UUID version 7).
  id text PRIMARY KEY,
  -- Whose: the API key's name; '' where there are no keys.
  owner text NOT NULL,
  -- The client's own name for the request: asking twice makes one collage.
  idempotency_key text,
  -- SHA-256 of what was asked, to tell the same request from another under the same key.
  request_digest text NOT NULL,
  prompt text NOT NULL,
  -- proto3 JSON of CollageOptions, every default filled in, as asked: what was done may be less.
  options json NOT NULL,
  webhook_url text,
  -- Of a collage that goes on from another's stage: which, from where, and the UnfinishedCollage it begins with.
  parent_id text,
  from_stage text,
  base_digest text,
  -- proto3 name of Collage.State; the one inside `collage` may be older.
  state text NOT NULL DEFAULT 'STATE_QUEUED',
  -- proto3 JSON of Collage, as of the last stage that ended.
  collage json NOT NULL,
  picture_digest text,
  picture_media_type text,
  picture_width integer,
  picture_height integer,
  -- Number of the last event.
  event_count integer NOT NULL DEFAULT 0,
  -- Place in the order of all owners' collages: the lowest is made first.
  turn integer NOT NULL CHECK (turn > 0),
  -- How often a worker took it up. What an earlier one writes after that is refused.
  run integer NOT NULL DEFAULT 0,
  -- Of what its stages left: a worker that reads another version begins anew.
  stage_version text,
  -- When a worker put it into the queue; null: none has yet.
  enqueued_at timestamptz,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  updated_at timestamptz NOT NULL,
  finished_at timestamptz,
  UNIQUE (owner, idempotency_key)
);
CREATE INDEX collage_of_owner ON collage (owner, id);
CREATE INDEX collage_turn_of_owner ON collage (owner, turn);
CREATE INDEX collage_not_enqueued ON collage (id) WHERE enqueued_at IS NULL AND finished_at IS NULL;
CREATE INDEX collage_started ON collage (turn) WHERE started_at IS NOT NULL;
CREATE INDEX collage_waiting ON collage (turn) WHERE started_at IS NULL AND finished_at IS NULL;
CREATE INDEX collage_unfinished ON collage (enqueued_at) WHERE finished_at IS NULL;
CREATE INDEX collage_finished ON collage (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE collage_event (
  collage_id text NOT NULL REFERENCES collage ON DELETE CASCADE,
  -- From 1, without gaps, in the order they were committed.
  sequence integer NOT NULL,
  -- proto3 JSON of CollageEvent.
  body json NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (collage_id, sequence)
);

-- A stage that ended, once per collage.
CREATE TABLE collage_stage (
  collage_id text NOT NULL REFERENCES collage ON DELETE CASCADE,
  stage text NOT NULL,
  -- SHA-256 of the UnfinishedCollage it left, in the blob store.
  output_digest text NOT NULL,
  -- What that names in the blob store, so that it is kept as well.
  named_digests text[] NOT NULL,
  finished_at timestamptz NOT NULL,
  PRIMARY KEY (collage_id, stage)
);

-- Where the climb of a collage is, while it is under way: replaced at every checkpoint.
CREATE TABLE collage_checkpoint (
  collage_id text PRIMARY KEY REFERENCES collage ON DELETE CASCADE,
  -- OptimizeCheckpoint, binary.
  checkpoint bytea NOT NULL,
  spent_seconds double precision NOT NULL
);

-- Blobs that no collage names, since when. Whoever uses one again takes it off the list; what stays on it is deleted.
CREATE TABLE condemned_blob (
  digest text PRIMARY KEY,
  condemned_at timestamptz NOT NULL
);
