import { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import type { FoundPhoto, PhotoFinding, PhotoQuery, SkippedPhoto } from '../photo-source.js';

/** A query for phrases of equal weight, with the usual licenses. */
export function queryFor(phrases: string[] = [], limit = 100): PhotoQuery {
  const keyphrases = phrases.map((text) => Keyphrase.fromPartial({ text, weight: 1 / phrases.length }));
  return { keyphrases, limit, licenses: { noncommercialAllowed: false } };
}

/** All findings, by kind, in the order they came. */
export async function collect(findings: AsyncIterable<PhotoFinding>) {
  const all: PhotoFinding[] = [];
  for await (const finding of findings) {
    all.push(finding);
  }
  const photos = all.filter((finding): finding is FoundPhoto => finding.kind === 'photo');
  const left = all.filter((finding): finding is SkippedPhoto => finding.kind === 'skipped');
  return {
    all,
    photos,
    names: photos.map(({ photo }) => photo.sourceId),
    skipped: left,
    reasons: left.map(({ reason, name }) => `${reason} ${name}`),
    progress: all.filter((finding) => finding.kind === 'progress'),
  };
}
