/** A scene that breaks the conventions. */
export class SceneInvalidError extends Error {
  override readonly name = 'SceneInvalidError';
  /** UPPER_SNAKE reason, as the sidecar gives it. */
  readonly reason = 'SCENE_INVALID';

  /**
   * @param field path within the scene, such as `layers[3].placement.height`
   * @param expected what would have been right, such as "a number above 0"
   * @param received what was there
   */
  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: unknown,
  ) {
    super(`Expected ${expected} for ${field} but received ${JSON.stringify(received) ?? String(received)}`);
  }
}
