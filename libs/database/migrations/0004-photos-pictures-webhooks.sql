-- A photo that a client uploaded: a source of that client's collages.
CREATE TABLE uploaded_photo (
  -- Whose: the API key's name; '' where there are no keys.
  owner text NOT NULL,
  -- SHA-256 of the stored bytes, in the blob store.
  digest text NOT NULL,
  -- proto3 JSON of Photo.
  photo json NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (owner, digest)
);
CREATE INDEX uploaded_photo_of_owner ON uploaded_photo (owner, created_at DESC, digest);

-- A picture of a collage at another height or in another format: asked for by the API, drawn by a worker, one at a time.
CREATE TABLE collage_picture (
  collage_id text NOT NULL REFERENCES collage ON DELETE CASCADE,
  -- Pixels.
  height integer NOT NULL,
  -- Media type.
  media_type text NOT NULL,
  -- SHA-256 of the encoded picture, in the blob store; null: not yet drawn.
  digest text,
  -- Why it cannot be drawn; null: it can, as far as is known.
  failure text,
  asked_at timestamptz NOT NULL,
  PRIMARY KEY (collage_id, height, media_type)
);
CREATE INDEX collage_picture_to_draw ON collage_picture (asked_at) WHERE digest IS NULL AND failure IS NULL;

-- A client that asked to be told of the end of its collage.
CREATE TABLE webhook_delivery (
  collage_id text PRIMARY KEY REFERENCES collage ON DELETE CASCADE,
  try_count integer NOT NULL DEFAULT 0,
  -- When it is tried next; null: it was delivered, or given up.
  next_try_at timestamptz,
  -- How the last try went, in words.
  result text NOT NULL DEFAULT ''
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX collage_with_webhook ON collage (finished_at) WHERE webhook_url IS NOT NULL AND finished_at IS NOT NULL;
