import { readFile, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { licenseVerdict, type LicenseWishes } from '@collage/licensing/compatibility.js';
import { parseLicense } from '@collage/licensing/license.js';
import { Credit, Photo } from '@collage/proto/collage/v1/photo.js';
import { skipped, type FoundPhoto, type SkippedPhoto } from '../../photo-source.js';
import { PhotoUnreadableError } from '../../photo-unreadable-error.js';
import { MAX_PHOTO_BYTES, readPhoto } from '../../read-photo.js';
import type { PhotoRecord } from './photo-record.js';

/** A file that may be a photo, and what its folder says about it. */
export interface Candidate {
  name: string;
  path: string;
  title: string;
  description: string;
  categories: string[];
  credit: Credit;
  sha256: string;
}

/** What is known about a file before it is opened. */
export function toCandidate(name: string, path: string, record: PhotoRecord | undefined): Candidate {
  const stem = posix.basename(name, posix.extname(name));
  const title = record?.title || stem.replace(/[_-]+/g, ' ').trim() || stem;
  return {
    name,
    path,
    title,
    description: record?.description ?? '',
    categories: record?.categories ?? [],
    sha256: record?.sha256 ?? '',
    credit: Credit.fromPartial({
      title,
      author: record?.author ?? '',
      authorUrl: record?.authorUrl ?? '',
      sourceUrl: record?.sourceUrl ?? '',
      license: parseLicense(record?.license ?? '', record?.licenseUrl),
      earlierChanges: record?.changes ?? '',
    }),
  };
}

/** Why a file may not be used, or undefined; needs no look at the file itself. */
export function licenseProblem(
  { name, credit }: Candidate,
  described: boolean,
  wishes: LicenseWishes,
): SkippedPhoto | undefined {
  if (!described) {
    return skipped(
      'NO_LICENSE',
      name,
      'no license is given: name one in manifest.jsonl, in a sidecar, or for the whole folder in license.json',
    );
  }
  const needsAuthor = credit.license?.id.startsWith('CC-BY') ?? false;
  if (credit.author === '' && needsAuthor) {
    return skipped(
      'NO_AUTHOR',
      name,
      `${credit.license?.name} asks for the author's name, and none is given`,
    );
  }
  const verdict = licenseVerdict(credit.license, wishes);
  return verdict.usable ? undefined : skipped(verdict.reason, name, verdict.detail);
}

/** Opens a file, checks that it is a whole photo of sufficient size, and gives what a collage needs of it. */
export async function readCandidate(
  candidate: Candidate,
  source: string,
  minShortSide: number,
): Promise<FoundPhoto | SkippedPhoto> {
  const { name, path, sha256 } = candidate;
  try {
    const bytes = await readBounded(path);
    const digest = sha256Hex(bytes);
    if (sha256 !== '' && sha256 !== digest) {
      return skipped('DIGEST_MISMATCH', name, `expected SHA-256 ${sha256} but received ${digest}`);
    }
    const header = await readPhoto(bytes);
    if (Math.min(header.width, header.height) < minShortSide) {
      const size = `${header.width} x ${header.height}`;
      return skipped('TOO_SMALL', name, `expected at least ${minShortSide} px but received ${size}`);
    }
    const credit = Credit.fromPartial({
      ...candidate.credit,
      author: candidate.credit.author || 'unknown author',
      photoDigest: digest,
    });
    const words = { description: candidate.description, categories: candidate.categories };
    const photo = Photo.fromPartial({ ...header, ...words, digest, source, sourceId: name, credit });
    return { kind: 'photo', photo, bytes: () => readAgain(path, digest) };
  } catch (error) {
    if (error instanceof PhotoUnreadableError) {
      return skipped(error.reason, name, error.message);
    }
    if (error instanceof Error && 'code' in error) {
      return skipped('FILE_UNREADABLE', name, error.message);
    }
    throw error;
  }
}

async function readBounded(path: string): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > MAX_PHOTO_BYTES) {
    throw new PhotoUnreadableError(
      'FILE_TOO_LARGE',
      `Expected at most ${MAX_PHOTO_BYTES} bytes but received ${size}`,
    );
  }
  return readFile(path);
}

async function readAgain(path: string, digest: string): Promise<Buffer> {
  const bytes = await readBounded(path);
  if (sha256Hex(bytes) !== digest) {
    throw new PhotoUnreadableError('CHANGED', `The file "${path}" has changed since it was found`);
  }
  return bytes;
}
