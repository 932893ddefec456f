import { join } from 'node:path';
import { CollageMaker } from '@collage/collages/collage-maker.js';
import type { CollageStore } from '@collage/collages/collage-store.js';
import type { EventLog } from '@collage/collages/event-log.js';
import { drawPicture } from '@collage/collages/draw-picture.js';
import { Notifications } from '@collage/collages/notifications.js';
import { PictureRequests } from '@collage/collages/picture-requests.js';
import { UploadedPhotos } from '@collage/collages/uploaded-photos.js';
import { uploadedPhotoSource } from '@collage/collages/uploaded-photo-source.js';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import type { Database } from '@collage/database/database.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import { fakeTools } from '@collage/pipeline/testing/fake-tools.js';

/** Options of a collage that is made in a moment. */
export const quickOptions = {
  seed: 7,
  heightPixels: 96,
  photoCount: 8,
  cutoutCount: 4,
  layoutCount: 5,
  variationCount: -1,
  backgroundIterationCount: 2,
  iterationCount: 3,
};

/** Makes stored collages here and now, and draws their pictures, as a worker would, on a fake sidecar; the owner's uploads are a source too. */
export async function collageMaking(
  database: Database,
  store: CollageStore,
  events: EventLog,
  sources: PhotoSource[],
  folder: string,
): Promise<{ make(id: string): Promise<void>; sidecarAddress: string; close(): Promise<void> }> {
  const server = await startFakeInferenceServer();
  const connection = new InferenceConnection(server.address);
  const tools = { ...fakeTools(connection, sources, folder), now: () => performance.now() / 1000 };
  const blobs = new FolderBlobStore(join(folder, 'blobs'));
  const uploads = new UploadedPhotos(database, blobs, () => new Date());
  const patience = {
    firstWaitMilliseconds: 1,
    longestWaitMilliseconds: 1,
    totalMilliseconds: 1,
    sleep: async () => {},
    random: () => 0,
  };
  const observer = { stageEnded() {}, waiting() {}, ended() {} };
  const maker = new CollageMaker(
    database,
    store,
    events,
    ({ owner }) => ({ ...tools, sources: [...sources, uploadedPhotoSource(owner, uploads, blobs)] }),
    patience,
    observer,
  );
  const notifications = new Notifications(database);
  const requests = new PictureRequests(database, notifications, () => new Date());
  const stop = new AbortController();
  const drawing = requests.serve(
    (request) => drawPicture(request, store, blobs),
    stop.signal,
    (_, error) => {
      throw error;
    },
  );
  return {
    sidecarAddress: server.address,
    make: (id) => maker.make(id, (_name, work) => work(), new AbortController().signal),
    async close() {
      stop.abort();
      await drawing;
      await notifications.close();
      connection.close();
      server.stop();
    },
  };
}
