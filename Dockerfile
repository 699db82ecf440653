# Ringback's image: one for every role. Build it with: docker build -t ringback:local .
# Node runs the TypeScript files as they are, so that there is nothing to compile.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error

FROM ${NODE_IMAGE} AS base
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
# The one place to write to, and a new volume takes its owner over: the intents, see INTENT_JOURNAL.
RUN mkdir -p /var/lib/ringback && chown node:node /var/lib/ringback
# Everything else belongs to root: the service can read itself and change nothing.
USER node

# Only for trying things out, never for production: a voice vendor that calls nobody.
FROM base AS voice-vendor
COPY stand-ins ./stand-ins
HEALTHCHECK NONE
CMD ["node", "stand-ins/voice-vendor/main.ts"]

# The last stage is what a plain `docker build` makes.
FROM base AS service
EXPOSE 3000
STOPSIGNAL SIGTERM
# Every role answers /healthz on PORT.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`, { signal: AbortSignal.timeout(2500) }).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=32", "src/main.ts"]
