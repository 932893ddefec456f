-- Vectors, and what OpenImages says about its photos. Migrations that were published are never edited.

CREATE EXTENSION IF NOT EXISTS vector;

-- What makes vectors. Vectors of two models are never compared, and their widths differ.
CREATE TABLE model (
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  digest text NOT NULL UNIQUE,
  -- 2,000 is the most that an HNSW index takes, and fits a page.
  width integer NOT NULL CHECK (width BETWEEN 1 AND 2000)
);

CREATE TABLE embedding (
  model_id smallint NOT NULL REFERENCES model,
  -- SHA-256 of what was encoded: a text's UTF-8 bytes, a photo's file.
  content_digest bytea NOT NULL CHECK (octet_length(content_digest) = 32),
  vector vector NOT NULL,
  PRIMARY KEY (model_id, content_digest)
);
-- In the row, not in a side table: an exact search reads every vector, and floats do not compress.
ALTER TABLE embedding ALTER COLUMN vector SET STORAGE PLAIN;

-- A word or sentence that photos are found by: the name of a class, a title, a caption. Each is stored and encoded once.
CREATE TABLE text (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('label', 'title', 'caption')),
  content text NOT NULL CHECK (content <> ''),
  digest bytea NOT NULL CHECK (digest = sha256(convert_to(content, 'UTF8'))),
  UNIQUE (digest, kind)
);

-- A photo as OpenImages lists it; null where it says nothing.
CREATE TABLE open_image (
  image_id text PRIMARY KEY CHECK (image_id ~ '^[0-9a-f]{16}$'),
  subset text NOT NULL,
  original_url text NOT NULL,
  landing_url text NOT NULL,
  license_url text NOT NULL,
  author text,
  author_url text,
  title text,
  -- Bytes of the original file, and its MD5 in base64 as listed.
  original_size bigint CHECK (original_size > 0),
  original_md5 text,
  thumbnail_url text,
  -- Degrees counter-clockwise by which the photo must be turned.
  rotation smallint CHECK (rotation IN (0, 90, 180, 270))
);

-- Text first: a search finds texts, and from these the photos.
CREATE TABLE image_text (
  text_id bigint NOT NULL REFERENCES text ON DELETE CASCADE,
  image_id text NOT NULL REFERENCES open_image ON DELETE CASCADE,
  PRIMARY KEY (text_id, image_id)
);
CREATE INDEX image_text_image ON image_text (image_id);

-- How far a file was read, written in one transaction with its rows: an import that was cut off goes on from there.
CREATE TABLE import_progress (
  source text PRIMARY KEY,
  -- The file's version: its ETag, or the SHA-256 of a local one. Another: begin again.
  version text NOT NULL,
  byte_offset bigint NOT NULL DEFAULT 0 CHECK (byte_offset >= 0),
  row_count bigint NOT NULL DEFAULT 0 CHECK (row_count >= 0),
  skipped_count bigint NOT NULL DEFAULT 0 CHECK (skipped_count >= 0),
  updated_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
