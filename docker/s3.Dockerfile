# MinIO with a folder that user 1000 may write to: its own, /data, is root's, and a new volume takes over who owns the
# folder that it is mounted on.
# Build from the clone's folder: docker build -f docker/s3.Dockerfile .
#
# To pin by digest as well, append @sha256:… to the tags; none could be looked up where this was written. Tags and digests:
# https://quay.io/repository/minio/minio?tab=tags (Docker Hub has no MinIO any more), https://hub.docker.com/_/node/tags
ARG MINIO_IMAGE=quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z
ARG NODE_IMAGE=node:20.19.5-bookworm-slim

# Any image with a shell would do; this one is built upon anyway.
FROM ${NODE_IMAGE} AS folders
RUN install -d -o 1000 -g 1000 /made/blobs

FROM ${MINIO_IMAGE}
COPY --from=folders --chown=1000:1000 /made/ /
USER 1000
CMD ["server", "/blobs"]
