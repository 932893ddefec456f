import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventStream } from '@collage/collages/event-stream.js';
import { Notifications } from '@collage/collages/notifications.js';
import { Database } from '@collage/database/database.js';
import { WebhookDoor } from './webhook-door.js';

/** Lets go of what the libraries hold, the database last, when nobody asks any more. */
@Injectable()
export class Closing implements OnApplicationShutdown {
  constructor(
    @Inject(EventStream) private readonly stream: EventStream,
    @Inject(Notifications) private readonly notifications: Notifications,
    @Inject(WebhookDoor) private readonly door: WebhookDoor,
    @Inject(Database) private readonly database: Database,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.stream.close();
    this.door.close();
    await this.notifications.close();
    await this.database.close();
  }
}
