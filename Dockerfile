# The service and the operator's tool, without simulator, demo and development packages.
# Build: docker build -t gethomesafe-entra .
# Run:   docker run --env-file FILE -p 8080:8080 gethomesafe-entra     (docs/configuration.md, docs/operations.md)

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json vite.config.ts ./
COPY src ./src
COPY scripts ./scripts
RUN npm run --silent build && rm -rf dist/src/simulator

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
COPY --from=build /app/dist/portal ./dist/portal
# "type": "module" is read from here.
COPY package.json ./

# Made by the base image, without a password and without root.
USER node
EXPOSE 8080
# The health never asks the database: an outage there must not restart what is able to say 503.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node is the first process and handles SIGTERM itself: it stops in phases, bounded to about a minute.
STOPSIGNAL SIGTERM
# As `npm start`: a young generation of 16 MB, because that of Node 24 would grow to 64 (docs/performance.md).
CMD ["node", "--max-semi-space-size=16", "dist/src/main.js"]
