import type { Database } from '@collage/database/database.js';
import type { ClimbCheckpoint, ClimbCheckpoints } from '@collage/pipeline/climb-checkpoints.js';
import { OptimizeCheckpoint } from '@collage/proto/collage/v1/composition_service.js';

/** The checkpoints of one collage's climb, the latest only. What an earlier run writes is dropped. */
export class StoredCheckpoints implements ClimbCheckpoints {
  constructor(
    private readonly database: Database,
    private readonly collageId: string,
    private readonly run: number,
  ) {}

  async latest(): Promise<ClimbCheckpoint | undefined> {
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<{ checkpoint: Buffer; spent_seconds: number }>(
      'SELECT checkpoint, spent_seconds FROM collage_checkpoint WHERE collage_id = $1',
      [this.collageId],
    );
    const [row] = rows;
    return row && { checkpoint: OptimizeCheckpoint.decode(row.checkpoint), spentSeconds: row.spent_seconds };
  }

  async keep({ checkpoint, spentSeconds }: ClimbCheckpoint): Promise<void> {
    const { pool } = await this.database.connect();
    await pool.query(
      `INSERT INTO collage_checkpoint (collage_id, checkpoint, spent_seconds)
       SELECT id, $3, $4 FROM collage WHERE id = $1 AND run = $2 AND finished_at IS NULL
       ON CONFLICT (collage_id) DO UPDATE SET checkpoint = $3, spent_seconds = $4`,
      [this.collageId, this.run, Buffer.from(OptimizeCheckpoint.encode(checkpoint).finish()), spentSeconds],
    );
  }
}
