-- What an import of OpenImages' files has to remember besides the photos.

-- A class of OpenImages, such as "/m/05z6w", and its name, "Penguin", as a text of kind "label".
CREATE TABLE open_image_class (
  class_id text PRIMARY KEY,
  text_id bigint NOT NULL REFERENCES text ON DELETE CASCADE
);
CREATE INDEX open_image_class_text ON open_image_class (text_id);

-- Why rows were left out: counts by reason, {"NO_LICENSE": 3}; `skipped_count` is their sum.
ALTER TABLE import_progress ADD COLUMN skip_reasons jsonb NOT NULL DEFAULT '{}';
