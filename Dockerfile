# Not built where it was written, because no container builder ran there: build it and look before you rely on it.
# Another base:  docker build --build-arg NODE_IMAGE=... .
ARG NODE_IMAGE=node:26-slim

FROM ${NODE_IMAGE} AS bundle
WORKDIR /app
COPY package.json package-lock.json ./
# Nothing here needs a package's install script; the one that matters brings Node, which the base has.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY build build
COPY src src
RUN node build/bundle.ts

FROM ${NODE_IMAGE}
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="domicile" \
      org.opencontainers.image.description="Keeps a country's data in that country, in a Kubernetes cluster that anyone may share." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Each thread that allocates would have an arena of its own, and keep in it what it once needed: 10 MB of a replica.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app
# package.json says that the file is an ES module.
COPY package.json LICENSE ./
COPY --from=bundle /app/dist dist
# A number, so that runAsNonRoot can be checked; the files stay root's, and nothing is written.
USER 65532:65532
EXPOSE 8443 8080
# A heap that has grown stays as it is, and the longest list of a day would decide what a replica takes for good: V8 is to
# collect early rather than grow, which costs a second of processor time while 10,000 pods are listed.
ENTRYPOINT ["node", "--max-semi-space-size=4", "--heap-growing-percent=30", "dist/main.js"]
