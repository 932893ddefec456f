# Image of the API, the worker and the commands: one program, several entry files.
# Build from the clone's folder: docker build -f docker/apps.Dockerfile .
#
# To pin by digest as well, append @sha256:… to the tag; none could be looked up where this was written. Tags and digests:
# https://hub.docker.com/_/node/tags
ARG NODE_IMAGE=node:20.19.5-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY nest-cli.json tsconfig.json ./
COPY apps apps
COPY libs libs
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY libs/database/migrations libs/database/migrations
# DATA_DIR: a new volume takes over who owns the folder that it is mounted on.
RUN install -d -o 1000 -g 1000 /data
# The folder that programs find the clone by; its Python is in the sidecar's image.
COPY python-inference/requirements.lock python-inference/
USER 1000
# The API. The worker: node dist/apps/worker/src/main.js
CMD ["node", "dist/apps/api/src/main.js"]
