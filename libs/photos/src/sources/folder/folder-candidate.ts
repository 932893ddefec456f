import { readFile, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { licenseVerdict, type LicenseWishes } from '@collage/licensing/compatibility.js';
import { parseLicense } from '@collage/licensing/license.js';
import { Credit, Photo, type License } from '@collage/proto/collage/v1/photo.js';
import { skipped, type FoundPhoto, type SkippedPhoto } from '../../photo-source.js';
import { PhotoUnreadableError } from '../../photo-unreadable-error.js';
import { MAX_PHOTO_BYTES, readPhoto } from '../../read-photo.js';
import { readEmbeddedRecord } from './embedded-record.js';
import type { FolderRecord } from './folder-records.js';
import { mergeRecords, namesLicense, type PhotoRecord } from './photo-record.js';

/** A file that may be a photo, and what its folder says about it. */
export interface Candidate {
  name: string;
  path: string;
  /** What is known before the file is opened; the words decide which files are opened. */
  title: string;
  description: string;
  categories: string[];
  /** Absent: its folder has something about it that can't be read. */
  said?: FolderRecord;
}

/** What is known about a file before it is opened. */
export function toCandidate(name: string, path: string, said: FolderRecord | undefined): Candidate {
  const { title, description, categories } = mergeRecords(said?.own ?? [], said?.folder);
  return { name, path, title: title || titleFromName(name), description, categories, said };
}

function titleFromName(name: string): string {
  const stem = posix.basename(name, posix.extname(name));
  return stem.replace(/[_-]+/g, ' ').trim() || stem;
}

/** Why a file may not be used by what its folder says of it alone, so that it need not be opened; or undefined. */
export function knownLicenseProblem(
  { name, said }: Candidate,
  wishes: LicenseWishes,
): SkippedPhoto | undefined {
  if (!said) {
    return skipped('NO_LICENSE', name, NO_LICENSE);
  }
  const licensing = said.own.find(namesLicense);
  return licensing && refusal(name, licensing, wishes);
}

const NO_LICENSE =
  'no license is given: name one in manifest.jsonl, in a sidecar, in its metadata, or for the whole folder in license.json';

function refusal(name: string, record: PhotoRecord, wishes: LicenseWishes): SkippedPhoto | undefined {
  const verdict = licenseVerdict(licenseOf(record), wishes);
  return verdict.usable ? undefined : skipped(verdict.reason, name, verdict.detail);
}

function licenseOf({ license, licenseUrl }: PhotoRecord): License {
  return parseLicense(license, licenseUrl);
}

/** Everything said about a photo, or why it may not be used: now the file's own words are known too. */
async function wholeRecord(
  { name, path, said }: Candidate,
  wishes: LicenseWishes,
): Promise<PhotoRecord | SkippedPhoto> {
  const { record: embedded, problem } = await readEmbeddedRecord(path);
  const own = [...(said?.own ?? []), embedded];
  if (problem !== undefined && !own.some(namesLicense)) {
    // It may name another license than the folder's.
    return skipped('METADATA_UNREADABLE', name, `${problem}; name its license in manifest.jsonl`);
  }
  const record = mergeRecords(own, said?.folder);
  if (!namesLicense(record)) {
    return skipped('NO_LICENSE', name, NO_LICENSE);
  }
  const license = licenseOf(record);
  if (record.author === '' && license.id.startsWith('CC-BY')) {
    return skipped('NO_AUTHOR', name, `${license.name} asks for the author's name, and none is given`);
  }
  return refusal(name, record, wishes) ?? record;
}

/**
 * Opens a file, finds its license, checks that it is a whole photo of sufficient size, and gives what a collage needs
 * of it.
 */
export async function readCandidate(
  candidate: Candidate,
  source: string,
  { minShortSide, licenses }: { minShortSide: number; licenses: LicenseWishes },
): Promise<FoundPhoto | SkippedPhoto> {
  const { name, path } = candidate;
  try {
    const record = await wholeRecord(candidate, licenses);
    if ('kind' in record) {
      return record;
    }
    const { sha256 } = record;
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
      title: record.title || candidate.title,
      author: record.author || 'unknown author',
      authorUrl: record.authorUrl,
      sourceUrl: record.sourceUrl,
      license: licenseOf(record),
      earlierChanges: record.changes,
      photoDigest: digest,
    });
    const words = { description: record.description, categories: record.categories };
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
