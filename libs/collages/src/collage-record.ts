import {
  Collage,
  Collage_State as State,
  collage_StateFromJSON,
  CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import type { StageName } from '@collage/pipeline/stage-steps.js';

/** A collage as it is stored: the resource itself, and what only the service knows of it. */
export interface CollageRecord {
  id: string;
  /** The API key's name; '' where there are no keys. */
  owner: string;
  /** As asked, every default filled in; `collage.options` says what was done. */
  options: CollageOptions;
  /** As of the last stage that ended, its state as of now. */
  collage: Collage;
  /** The encoded picture, once there is one. */
  picture: StoredPicture | undefined;
  /** Where it was asked to go on from another collage: the UnfinishedCollage it begins `stage` with, while that is kept. */
  origin: { collageId: string; stage: StageName; baseDigest: string } | undefined;
  /** Of what its stages leave and of what it begins with: see STAGE_VERSION. Undefined where there is neither. */
  stageVersion: string | undefined;
  webhookUrl: string | undefined;
  /** Number of its last event. */
  eventCount: number;
  /** Place in the order of making; the lowest is next. */
  turn: number;
  createdAt: Date;
  /** When a worker first took it up. */
  startedAt: Date | undefined;
  updatedAt: Date;
  /** When it succeeded, failed or was cancelled. */
  finishedAt: Date | undefined;
}

/** Of a picture in the blob store; pixels. */
export interface StoredPicture {
  digest: string;
  mediaType: string;
  width: number;
  height: number;
}

/** A collage in a list. */
export interface CollageSummary {
  id: string;
  prompt: string;
  state: State;
  picture: StoredPicture | undefined;
  createdAt: Date;
  finishedAt: Date | undefined;
}

/** A row of the table, as pg gives it. */
export interface CollageRow {
  id: string;
  owner: string;
  prompt: string;
  options: unknown;
  collage: unknown;
  state: string;
  picture_digest: string | null;
  picture_media_type: string | null;
  picture_width: number | null;
  picture_height: number | null;
  parent_id: string | null;
  from_stage: string | null;
  base_digest: string | null;
  stage_version: string | null;
  webhook_url: string | null;
  event_count: number;
  turn: number;
  created_at: Date;
  started_at: Date | null;
  updated_at: Date;
  finished_at: Date | null;
  request_digest: string;
}

export function recordOf(row: CollageRow): CollageRecord {
  return {
    id: row.id,
    owner: row.owner,
    options: CollageOptions.fromJSON(row.options),
    collage: { ...Collage.fromJSON(row.collage), state: collage_StateFromJSON(row.state) },
    picture: pictureOf(row),
    origin: originOf(row),
    stageVersion: row.stage_version ?? undefined,
    webhookUrl: row.webhook_url ?? undefined,
    eventCount: row.event_count,
    turn: row.turn,
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at ?? undefined,
  };
}

export function summaryOf(row: CollageRow): CollageSummary {
  return {
    id: row.id,
    prompt: row.prompt,
    state: collage_StateFromJSON(row.state),
    picture: pictureOf(row),
    createdAt: row.created_at,
    finishedAt: row.finished_at ?? undefined,
  };
}

function originOf(row: CollageRow): CollageRecord['origin'] {
  if (row.parent_id === null || row.base_digest === null) return undefined;
  return { collageId: row.parent_id, stage: row.from_stage as StageName, baseDigest: row.base_digest };
}

function pictureOf(row: CollageRow): StoredPicture | undefined {
  if (row.picture_digest === null) return undefined;
  return {
    digest: row.picture_digest,
    mediaType: row.picture_media_type!,
    width: row.picture_width!,
    height: row.picture_height!,
  };
}
