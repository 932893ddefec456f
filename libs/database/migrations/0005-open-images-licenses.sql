-- The licenses that photos of OpenImages are listed under: a handful, which a search looks at instead of millions of rows.
-- One that no photo has any more may stay.
CREATE TABLE open_image_license (
  license_url text PRIMARY KEY
);
INSERT INTO open_image_license SELECT DISTINCT license_url FROM open_image;
