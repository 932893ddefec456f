import type pg from 'pg';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import type { Blobs } from '@collage/blobs/blobs.js';
import type { Database } from '@collage/database/database.js';
import { licenseVerdict } from '@collage/licensing/compatibility.js';
import { parseLicense } from '@collage/licensing/license.js';
import { licenseTerms } from '@collage/licensing/license-terms.js';
import { OptionInvalidError } from '@collage/pipeline/resolve-options.js';
import { preparePhoto } from '@collage/photos/prepare-photo.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { CollagesError } from './collages-error.js';
import { inTransaction } from './in-transaction.js';

/** Name of the photo source that uploaded photos are found in. */
export const UPLOAD_SOURCE = 'upload';

/** First key of the advisory lock under which an owner's photos are added one after the other. */
const ADDING_PHOTO = 7_305_015;

/** What a client says of a photo; empty: nothing. */
export interface PhotoStatement {
  title: string;
  author: string;
  authorUrl: string;
  sourceUrl: string;
  /** As people write it, such as "CC BY 4.0" or "CC0". */
  license: string;
  description: string;
}

/** Photos that clients uploaded, each known to its owner only. */
export class UploadedPhotos {
  constructor(
    private readonly database: Database,
    private readonly blobs: Blobs,
    private readonly now: () => Date,
    /** How many each owner may have. */
    private readonly limit = Infinity,
  ) {}

  /**
   * Decodes a photo within limits, stores what is seen of it, encoded anew, and what the client says of it. The same
   * photo again replaces what was said.
   * @throws PhotoUnreadableError; OptionInvalidError where the license is none that a collage may hold, or asks for an
   *   author and none is named; CollagesError TOO_MANY_PHOTOS
   */
  async add(owner: string, received: Uint8Array, said: PhotoStatement): Promise<Photo> {
    const license = usableLicense(said);
    const { bytes, mediaType, width, height } = await preparePhoto(received);
    const { pool } = await this.database.connect();
    const digest = sha256Hex(bytes);
    // Before it takes room, and again when nobody else adds one.
    await this.checkLimit(pool, owner, digest);
    await this.blobs.put(bytes);
    const { title, author, authorUrl, sourceUrl, description } = said;
    const photo = Photo.create({
      digest,
      source: UPLOAD_SOURCE,
      sourceId: digest,
      mediaType,
      width,
      height,
      description,
      credit: { title, author, authorUrl, sourceUrl, license, photoDigest: digest },
    });
    return inTransaction(pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [ADDING_PHOTO, owner]);
      await this.checkLimit(client, owner, digest);
      await client.query(
        `INSERT INTO uploaded_photo (owner, digest, photo, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (owner, digest) DO UPDATE SET photo = excluded.photo`,
        [owner, digest, JSON.stringify(Photo.toJSON(photo)), this.now()],
      );
      return photo;
    });
  }

  /**
   * An owner's photos, the newest first.
   * @param after digest of the last photo of the page before
   */
  async list(owner: string, limit: number, after?: string): Promise<Photo[]> {
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<{ photo: unknown }>(
      `SELECT photo FROM uploaded_photo WHERE owner = $1 AND ($2::text IS NULL OR (created_at, digest) <
         (SELECT created_at, digest FROM uploaded_photo WHERE owner = $1 AND digest = $2))
       ORDER BY created_at DESC, digest DESC LIMIT $3`,
      [owner, after ?? null, limit],
    );
    return rows.map(({ photo }) => Photo.fromJSON(photo));
  }

  /** Takes a photo from those that may be used from now on; false where there is none. Its bytes go with a later sweep. */
  async delete(owner: string, digest: string): Promise<boolean> {
    const { pool } = await this.database.connect();
    const { rowCount } = await pool.query('DELETE FROM uploaded_photo WHERE owner = $1 AND digest = $2', [
      owner,
      digest,
    ]);
    return rowCount === 1;
  }

  /** One that the owner has may always come again. */
  private async checkLimit(database: Pick<pg.Pool, 'query'>, owner: string, digest: string): Promise<void> {
    const { rows } = await database.query<{ others: number }>(
      'SELECT count(*)::int AS others FROM uploaded_photo WHERE owner = $1 AND digest <> $2',
      [owner, digest],
    );
    if (rows[0]!.others < this.limit) return;
    throw new CollagesError(
      'TOO_MANY_PHOTOS',
      `Expected at most ${this.limit} uploaded photos, and all of them are there. Delete some (DELETE ` +
        '/v1/photos/DIGEST); collages that are made keep theirs.',
    );
  }
}

function usableLicense({ license: text, author }: PhotoStatement) {
  const license = parseLicense(text);
  const verdict = licenseVerdict(license, { noncommercialAllowed: true });
  if (!verdict.usable) {
    throw new OptionInvalidError('license', `a license such as "CC BY 4.0" (${verdict.detail})`, text);
  }
  if (licenseTerms(license).attribution && author.trim() === '') {
    throw new OptionInvalidError('author', `the author's name, as ${license.name} asks for it,`, author);
  }
  return license;
}
