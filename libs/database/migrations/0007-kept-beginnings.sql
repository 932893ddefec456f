-- What the UnfinishedCollage that a collage begins with names in the blob store, so that it is kept as well while the
-- collage waits. Null: it begins with none, or was asked for by a version that did not say.
ALTER TABLE collage ADD COLUMN base_named_digests text[];

-- Those that wait now: what the stages of the collage they go on from left names all of it, and perhaps more.
UPDATE collage SET base_named_digests = ARRAY(
    SELECT DISTINCT digest FROM collage_stage, unnest(named_digests) digest WHERE collage_id = collage.parent_id
  )
  WHERE base_digest IS NOT NULL AND finished_at IS NULL;

-- An owner's next turn is one after the last of those that are not at their end.
DROP INDEX collage_turn_of_owner;
CREATE INDEX collage_turn_of_owner ON collage (owner, turn) WHERE finished_at IS NULL;
