/**
 * Of what a stage leaves for the next: raise it with any change after which an UnfinishedCollage that an earlier
 * program wrote would be read wrongly, or stages are other than before. Workers of two versions share a queue: each
 * takes its own, and when no worker of a version is left, the others begin its collages anew.
 */
export const STAGE_VERSION = '1';
